using System.Globalization;
using Msr.Cli.Arguments;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>A benchmark as the command line asks for it.</summary>
internal static class BenchCommandLine
{
    /// <summary>The options one by one, for a process.</summary>
    /// <param name="request">What was asked for.</param>
    public static IEnumerable<string> Options(BenchRequest request)
    {
        TrainingOptions network = request.Network;
        return
        [
            "--backend", .. BackendArguments.Split(request.Backend, request.Fault), "--threads", Number(request.Backend.Threads),
            "--model", network.Model,
            .. network.Method == Method.Msr.Name ? Array.Empty<string>() : ["--method", network.Method],
            .. network.Width == BenchDefaults.Network.Width ? Array.Empty<string>() : ["--width", Number(network.Width)],
            .. request.Image == BenchDefaults.Image ? Array.Empty<string>() : ["--image", Number(request.Image)],
            .. request.Backend.SynchronizeEveryOp ? ["--sync-every-op"] : Array.Empty<string>(),
            .. request.Batch is { } batch ? ["--batch", Number(batch)] : Array.Empty<string>(),
        ];
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
