namespace Msr.Cli.Output;

/// <summary>What <c>msr inspect</c> says of a layer.</summary>
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
