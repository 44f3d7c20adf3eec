using System.Diagnostics;

namespace PropertyTests.Examples;

/// <summary>The library path: the example is short, it runs, and it is what the README shows.</summary>
public sealed class TrainInProcessTests
{
    private const int MostLines = 30;

    private static readonly string Source = File.ReadAllText(Path.Combine(SourceTree.Root, "examples", "TrainInProcess", "Program.cs"));

    [Fact]
    public void The_example_fits_a_glance() => Assert.True(Source.TrimEnd().Split('\n').Length <= MostLines);

    [Fact]
    public void The_readme_shows_the_example_as_it_is() =>
        Assert.Contains($"```csharp\n{Source.TrimEnd()}\n```", File.ReadAllText(Path.Combine(SourceTree.Root, "README.md")), StringComparison.Ordinal);

    [Fact]
    public void The_example_trains_saves_and_predicts()
    {
        string folder = Directory.CreateTempSubdirectory("msr-example-").FullName;
        try
        {
            ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "TrainInProcess.dll")])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            Assert.Matches(@"^across with probability (0\.9\d+|1\.000); accuracy (9\d|100) ?%\s*$", output);
            Assert.True(new FileInfo(Path.Combine(folder, "stripes.safetensors")).Length > 100_000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
