using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Msr.Cuda.Kernels;
using Msr.Cuda.Products;

namespace PropertyTests.Cuda.Kernels;

/// <summary>native/kernels.ptx and the declared kernels say the same, and the text is what the design allows.</summary>
public sealed partial class KernelTextTests
{
    private const int Milliseconds = 10_000;

    private static readonly string s_text = ReadText();

    [Fact]
    public void Every_kernel_of_the_text_is_declared_with_its_parameters()
    {
        Dictionary<string, string> declared = Entry().Matches(s_text).ToDictionary(
            static match => match.Groups["name"].Value, static match => Letters(match.Groups["list"].Value));
        using KernelBackend kernels = EmulatedKernels.Open();
        Assert.Equal(declared, kernels.Kernels.ToDictionary(static kernel => kernel.Function.Name, static kernel => kernel.Parameters));
    }

    [Fact]
    public void Geometries_have_the_size_that_the_text_declares()
    {
        Assert.Equal(48, Unsafe.SizeOf<PoolShape>());
        Assert.Equal(36, Unsafe.SizeOf<ShortcutShape>());
        Assert.Equal(60, Unsafe.SizeOf<ConvShape>());
    }

    [Fact]
    public void The_first_line_carries_the_hash_of_the_sources()
    {
        string folder = Path.Combine(SourceTree.Root, "native");
        string main = File.ReadAllText(Path.Combine(folder, "kernels.cu"));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Include().Matches(main).Select(static match => match.Groups["file"].Value).Prepend("kernels.cu"))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file}\n{File.ReadAllText(Path.Combine(folder, file)).Replace("\r", "")}"));
        }

        Assert.StartsWith($"// sha256 {Convert.ToHexStringLower(hash.GetHashAndReset())}\n", s_text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_of_the_sources_is_included_in_the_hash()
    {
        string folder = Path.Combine(SourceTree.Root, "native");
        string main = File.ReadAllText(Path.Combine(folder, "kernels.cu"));
        Assert.Equal(
            Directory.GetFiles(folder, "*.h").Select(Path.GetFileName).Order(),
            Include().Matches(main).Select(static match => match.Groups["file"].Value).Order());
    }

    [Theory]
    [InlineData(".local")]
    [InlineData("call.uni")]
    [InlineData("\tatom.")]
    [InlineData("\tred.")]
    [InlineData(".approx")]
    [InlineData(".ftz")]
    [InlineData(".v2.")]
    [InlineData("/work")]
    [InlineData("/home")]
    public void The_text_spills_calls_adds_and_rounds_nothing_that_depends_on_the_device(string unwanted) =>
        Assert.DoesNotContain(unwanted, s_text, StringComparison.Ordinal);

    [Fact]
    public void Blocks_of_every_kernel_are_bounded_by_256_threads() =>
        Assert.Equal(Entry().Count(s_text), Bound().Count(s_text));

    [GeneratedRegex(@"\.visible \.entry (?<name>\w+)\((?<list>[^)]*)\)", RegexOptions.None, Milliseconds)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^#include ""(?<file>.*)""\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Include();

    [GeneratedRegex(@"^\.maxntid 256, 1, 1", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Bound();

    [GeneratedRegex(@"\.param (?:\.align \d+ )?\.(?<type>\w+) \w+(?:\[(?<size>\d+)\])?", RegexOptions.None, Milliseconds)]
    private static partial Regex Parameter();

    private static string Letters(string parameters) => string.Concat(Parameter().Matches(parameters).Select(static match => match.Groups["type"].Value switch
    {
        "u64" => "p",
        "u32" => "u",
        "f32" => "f",
        "b8" => string.Create(CultureInfo.InvariantCulture, $"{{{match.Groups["size"].Value}}}"),
        string other => other,
    }));

    private static string ReadText()
    {
        using Stream stream = typeof(KernelLauncher).Assembly.GetManifestResourceStream("kernels.ptx")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
