namespace Msr.Cli.Benchmarks;

/// <summary>The middle of some samples, and how far they spread.</summary>
/// <param name="Median">Half of the samples are below it.</param>
/// <param name="First">A quarter of the samples are below it.</param>
/// <param name="Third">Three quarters of the samples are below it.</param>
internal readonly record struct Quartiles(double Median, double First, double Third)
{
    /// <summary>The quartiles of some samples; between two of them by linear interpolation.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Quartiles Of(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return sorted.Length > 0
            ? new Quartiles(At(sorted, 0.5), At(sorted, 0.25), At(sorted, 0.75))
            : throw new ArgumentException("No samples have no quartiles.", nameof(samples));
    }

    /// <summary>The quartiles of one/other, sample by sample: samples that were taken side by side share what disturbed them.</summary>
    /// <exception cref="ArgumentException">There are not as many of each.</exception>
    public static Quartiles OfRatios(IReadOnlyCollection<double> one, IReadOnlyCollection<double> other) => one.Count == other.Count
        ? Of(one.Zip(other, static (a, b) => a / b))
        : throw new ArgumentException($"{one.Count} samples cannot be paired with {other.Count}.", nameof(other));

    private static double At(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? double.Lerp(sorted[below], sorted[below + 1], place - below) : sorted[below];
    }
}
