using System.Reflection;
using Msr.Conformance.Verification;
using Msr.Core.Plans;
using Msr.Cpu;
using Msr.Cuda;
using Msr.Cuda.Emulation;

namespace PropertyTests.Architecture;

/// <summary>The root listing is the diagram: who may see whom, how long a file may be, how things are called.</summary>
public sealed class ArchitectureTests
{
    private const int LongestFile = 400;

    private static readonly string[] Projects = ["Msr.Core", "Msr.Cpu", "Msr.Cuda", "Msr.Cuda.Emulation", "Msr.Conformance", "Msr.Cli", "Msr.Benchmarks", "PropertyTests"];

    private static readonly Assembly[] Assemblies =
        [
        typeof(Batch<float>).Assembly, typeof(CpuBackend<float>).Assembly, typeof(CudaBackend).Assembly, typeof(EmulatedCuda).Assembly,
        typeof(Verifier).Assembly, Assembly.Load("msr"),
    ];

    public static TheoryData<string, string[]> Arrows => new()
    {
        { "Msr.Core", [] },
        { "Msr.Cpu", ["Msr.Core"] },
        { "Msr.Cuda", ["Msr.Core"] },
        { "Msr.Cuda.Emulation", ["Msr.Core", "Msr.Cpu", "Msr.Cuda"] },
        { "Msr.Conformance", ["Msr.Core", "Msr.Cpu"] },
        { "msr", ["Msr.Core", "Msr.Cpu", "Msr.Cuda", "Msr.Cuda.Emulation", "Msr.Conformance"] },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void A_project_sees_only_what_its_role_allows(string assembly, string[] allowed)
    {
        string[] seen = [.. Assembly.Load(assembly).GetReferencedAssemblies()
            .Select(static name => name.Name!)
            .Where(static name => name.StartsWith("Msr.", StringComparison.Ordinal))];
        Assert.Empty(seen.Except(allowed, StringComparer.Ordinal));
    }

    [Fact]
    public void Core_needs_nothing_but_the_framework()
    {
        Assert.All(
            typeof(Batch<float>).Assembly.GetReferencedAssemblies(),
            static name => Assert.StartsWith("System.", name.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(
            typeof(Batch<float>).Assembly.GetReferencedAssemblies(), static name => name.Name == "System.Numerics.Tensors");
    }

    [Fact]
    public void Core_names_no_backend() => Assert.All(
        Sources("Msr.Core"),
        static file => Assert.DoesNotMatch(@"\b(CpuBackend|ReferenceBackend|CudaBackend)\b", File.ReadAllText(file)));

    [Fact]
    public void No_file_is_longer_than_a_reader_can_hold() => Assert.All(
        AllSources(),
        static file => Assert.True(File.ReadLines(file).Count() <= LongestFile, $"{file} has more than {LongestFile} lines"));

    [Fact]
    public void A_folder_is_a_namespace() => Assert.All(AllSources(), static file =>
    {
        string? line = File.ReadLines(file).FirstOrDefault(static line => line.StartsWith("namespace ", StringComparison.Ordinal));
        string folder = Path.GetRelativePath(SourceTree.Root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
        Assert.True(line is null || line == $"namespace {folder};", $"{file} says '{line}', its folder says {folder}");
    });

    /// <summary>Projects whose namespaces still need each other; a project leaves this list when its circles are gone, and none comes to it.</summary>
    private static readonly string[] StillCircular = ["Msr.Cuda.Emulation"];

    public static TheoryData<string> AssemblyNames => [.. Assemblies.Select(static assembly => assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(AssemblyNames))]
    public void Namespaces_of_a_project_form_no_circle(string assembly)
    {
        string circles = string.Join("; ", NamespaceGraph.Of(Assembly.Load(assembly)).Circles());
        bool known = StillCircular.Contains(assembly, StringComparer.Ordinal);
        Assert.True(known != (circles.Length == 0), known ? $"{assembly} has no circle any more: take it off the list" : circles);
    }

    [Fact]
    public void A_circle_of_three_namespaces_is_found()
    {
        NamespaceGraph graph = NamespaceGraph.Of(("Ops", "Plans"), ("Plans", "Training"), ("Training", "Ops"), ("Data", "Ops"), ("Ops", "Ops"));
        Assert.Equal("Ops <-> Plans <-> Training", Assert.Single(graph.Circles()));
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing() => Assert.All(
        Assemblies.SelectMany(static assembly => assembly.GetTypes()),
        static type => Assert.DoesNotMatch("(Helpers?|Utils?|Utility|Manager|Base|Impl)(`\\d+)?$", type.Name));

    [Fact]
    public void No_file_folds_its_code_into_regions() => Assert.All(
        AllSources(), static file => Assert.DoesNotContain("#" + "region", File.ReadAllText(file), StringComparison.Ordinal));

    private static IEnumerable<string> AllSources() => Projects.SelectMany(Sources);

    private static IEnumerable<string> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(SourceTree.Root, project), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
}
