namespace Msr.Core.Ops;

/// <summary>How noise is drawn and applied. Both integers and their order are the same on every backend.</summary>
public enum NoiseDistribution
{
    /// <summary>Multiplicative, x·(1 + d·z) with z uniform on the grid of 2⁻²³ in [−1, 1): z = (word₀ &gt;&gt; 8)·2⁻²³ − 1.</summary>
    Uniform,

    /// <summary>
    /// Multiplicative, x·(1 + d·z) with z standard normal: √(−2·ln u₀)·cos(2π·u₁), u₀ = ((word₀ &gt;&gt; 8) + 1)·2⁻²⁴ and u₁ = (word₁ &gt;&gt; 8)·2⁻²⁴,
    /// evaluated in float64 and rounded last.
    /// </summary>
    Gaussian,

    /// <summary>Additive, x + d·z with z as in <see cref="Uniform"/>: a shift per map, which the next centred kernel cancels. Its gradient is the identity.</summary>
    Shift,
}
