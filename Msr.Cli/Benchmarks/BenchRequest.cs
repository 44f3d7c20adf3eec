using System.Globalization;
using Msr.Cli.Arguments;
using Msr.Cli.Output;
using Msr.Conformance.Faults;
using Msr.Core.Backends;
using Msr.Core.Models;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>The arguments of <c>msr bench</c>.</summary>
internal sealed record BenchRequest
{
    /// <summary>Which backend, and how it is opened.</summary>
    public required BackendRequest Backend { get; init; }

    /// <summary>A known defect to plant in the backend; null for none.</summary>
    public Fault? Fault { get; init; }

    /// <summary>The names of the suites.</summary>
    public required IReadOnlyList<string> Suites { get; init; }

    /// <summary>Samples of a batch; null for each suite's own number.</summary>
    public int? Batch { get; init; }

    /// <summary>Pixels of a side of the images of whole steps.</summary>
    public required int Image { get; init; }

    /// <summary>Whether nothing is judged before it is timed.</summary>
    public required bool TimeOnly { get; init; }

    /// <summary>The network of whole training steps.</summary>
    public required TrainingOptions Network { get; init; }

    /// <summary>Samples of each time.</summary>
    public required int Samples { get; init; }

    /// <summary>How long one row may take.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>The destination of the result.</summary>
    public required ResultOutput Output { get; init; }
}

/// <summary>The defaults of <c>msr bench</c>.</summary>
internal static class BenchDefaults
{
    /// <summary>Samples of each time.</summary>
    public const int Samples = 21;

    /// <summary>Seconds that one row may take.</summary>
    public const double Seconds = 20;

    /// <summary>Pixels of a side of the images of whole steps.</summary>
    public const int Image = 32;

    /// <summary>The suites, in their order.</summary>
    public static IReadOnlyList<string> Suites { get; } =
        [ConvSuite<float>.Name, TrainSuite<float>.Name, ForwardSuite<float>.Name, StepSuite<float>.Name, IsoclineSuite<float>.Name, StartSuite<float>.Name];

    /// <summary>The network of whole steps.</summary>
    public static TrainingOptions Network { get; } = new() { Model = "resnet20", Width = 16, Batch = 128 };

    /// <summary>The same network without the default width where the model has no convolutions, which would refuse it.</summary>
    /// <param name="network">The network as the user named it.</param>
    public static TrainingOptions Fit(TrainingOptions network) =>
        ModelCatalog.HasConvolutions(network.Model) ? network : network with { Width = ModelOptions.DefaultWidth };
}

/// <summary>A row of the table.</summary>
/// <param name="Result">What was timed.</param>
/// <param name="JudgedBatch">The batch at which it was judged: the reference cannot take a large one.</param>
internal sealed record BenchRow(BenchResult Result, int JudgedBatch);

/// <summary>A result failed its check, so it is not timed.</summary>
/// <param name="message">What is wrong, and the command that repeats it.</param>
internal sealed class BenchRefusedException(string message) : Exception(message);

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
