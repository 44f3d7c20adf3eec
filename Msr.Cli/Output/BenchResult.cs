namespace Msr.Cli.Output;

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
