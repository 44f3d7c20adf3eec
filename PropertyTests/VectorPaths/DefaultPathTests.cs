using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Msr.Cpu;

namespace PropertyTests.VectorPaths;

/// <summary>The default path on lesser processors: child processes with instruction sets switched off, each of which says which path it took.</summary>
public sealed class DefaultPathTests
{
    public static TheoryData<string, VectorPath> Switches => new()
    {
        { "DOTNET_EnableAVX512", Narrower(VectorPath.Vector256) },
        { "DOTNET_EnableAVX2", Narrower(VectorPath.Vector128) },
        { "DOTNET_EnableHWIntrinsic", VectorPath.Scalar },
    };

    [Theory]
    [MemberData(nameof(Switches))]
    public async Task Without_an_instruction_set_the_next_narrower_path_runs_every_op_within_its_bound(string switchedOff, VectorPath expected)
    {
        string report = Path.Combine(Path.GetTempPath(), $"msr-{Guid.NewGuid():n}.txt");
        ProcessStartInfo start = new("dotnet") { UseShellExecute = false };
        foreach (string argument in new[] { "exec", typeof(DefaultPathTests).Assembly.Location, expected.ToString(), report })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[switchedOff] = "0";
        using Process child = Process.Start(start)!;
        await child.WaitForExitAsync();
        string said = File.Exists(report) ? await File.ReadAllTextAsync(report) : "nothing";
        File.Delete(report);
        Assert.True(child.ExitCode == 0, $"{switchedOff}=0: {said}");
        Assert.StartsWith($"{expected}:", said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_path_is_the_widest_that_the_hardware_accelerates()
    {
        Assert.Equal(Vector512.IsHardwareAccelerated, CpuBackend<float>.WidestPath == VectorPath.Vector512);
        Assert.True(!Avx2.IsSupported || CpuBackend<float>.WidestPath >= VectorPath.Vector256);
    }

    private static VectorPath Narrower(VectorPath path) => (VectorPath)Math.Min((int)path, (int)CpuBackend<float>.WidestPath);
}
