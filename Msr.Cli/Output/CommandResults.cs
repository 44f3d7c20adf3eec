using System.Collections.Immutable;

namespace Msr.Cli.Output;

/// <summary>A backend in the result of <c>msr backends</c>.</summary>
internal sealed record BackendResult(string Name, string Precision, string Purpose, bool Available, string? Device, int? VectorBits, string? Reason)
{
    /// <summary>The native libraries that were found, or, where one is missing, every name that was tried; null where none is needed.</summary>
    public IReadOnlyList<string>? Libraries { get; init; }
}

/// <summary>A time of <c>msr bench</c>.</summary>
/// <param name="Name">What was timed; it begins with its suite.</param>
/// <param name="Shape">On what, for people.</param>
/// <param name="Algorithm">How the backend computes it.</param>
/// <param name="Backend">The backend.</param>
/// <param name="Batch">Samples of a batch; 0 where there is no batch.</param>
/// <param name="Threads">The threads of the backend.</param>
/// <param name="MedianSeconds">Half of the samples took less.</param>
/// <param name="Q1">A quarter of the samples took less, in seconds.</param>
/// <param name="Q3">Three quarters of the samples took less, in seconds.</param>
internal sealed record BenchResult(
    string Name, string Shape, string Algorithm, string Backend, int Batch, int Threads, double MedianSeconds, double Q1, double Q3)
{
    /// <summary>Images a second, for whole steps.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>10⁹ operations of the definition a second, whatever the algorithm.</summary>
    public double? Gflops { get; init; }

    /// <summary>10⁹ bytes a second, counting what must be moved at least.</summary>
    public double? Gbps { get; init; }

    /// <summary>The share of a whole step, 0 to 1.</summary>
    public double? Share { get; init; }

    /// <summary>The speed as a share of the machine's in this very run: of its multiply-adds, or of a copy's bytes a second.</summary>
    public double? ShareOfLimit { get; init; }

    /// <summary>The largest error seen before, as a multiple of its bound; null where nothing was judged.</summary>
    public required double? ErrorOverBound { get; init; }
}

/// <summary>The result of <c>msr eval</c>.</summary>
internal sealed record EvalResult(string Checkpoint, string Data, string Backend, int Images, double TestAccuracy, double TestLoss);

/// <summary>The result of <c>msr data get</c>.</summary>
internal sealed record FetchReport(string Name, string? Folder, string? Route, string Message);

/// <summary>The result of <c>msr inspect</c>.</summary>
internal sealed record InspectResult(
    string Checkpoint, string Model, string Method, string Data, long Step, LayerResult[] Layers, string? WithoutMeanShift);

/// <summary>A layer in the result of <c>msr inspect</c>.</summary>
internal sealed record LayerResult
{
    /// <summary>The path of the layer.</summary>
    public required string Layer { get; init; }

    /// <summary>The shape of its weight: filters [K, C, R, S], or [out, in].</summary>
    public required string Shape { get; init; }

    /// <summary>Whether every step projects its gradient; with λ = 1 a kernel that starts on the isocline then stays there.</summary>
    public required bool OnIsocline { get; init; }

    /// <summary>L2 norms of its filters as stored: least, mean, largest.</summary>
    public required double[] RawNorms { get; init; }

    /// <summary>L2 norms of its filters times their scales: least, mean, largest.</summary>
    public required double[] EffectiveNorms { get; init; }

    /// <summary>The least and the largest scale; null where it has none.</summary>
    public double[]? Scales { get; init; }

    /// <summary>Largest |slice mean| over the rms of the kernel; null for a kernel of one tap.</summary>
    public double? MaxSliceMeanRatio { get; init; }

    /// <summary>Root mean square of the slice means over the rms of the kernel.</summary>
    public double? RmsSliceMeanRatio { get; init; }

    /// <summary>Largest drift from the isocline in units of float32 rounding.</summary>
    public double? DriftInRoundings { get; init; }

    /// <summary>The share of the activation's power that is constant a channel; null without a record.</summary>
    public double? CommonModeShare { get; init; }
}

/// <summary>A picture in the result of <c>msr predict</c>.</summary>
internal sealed record PredictResult(string File, int Class, string ClassName, double Probability, ImmutableArray<ClassProbability> Top);

/// <summary>How probable a class is.</summary>
internal sealed record ClassProbability(int Class, string ClassName, double Probability);
