using Msr.Core.Backends;

namespace Msr.Conformance.Cases;

/// <summary>The rounding a bound is evaluated for.</summary>
/// <param name="U">Unit roundoff.</param>
/// <param name="InputRounding">Relative rounding of the inputs of products.</param>
/// <param name="Underflow">η, the smallest normal number: gradual underflow and flush to zero both stay within it.</param>
public sealed record Rounding(double U, double InputRounding, double Underflow)
{
    /// <summary>The rounding of the truth itself.</summary>
    public static Rounding OfTruth { get; } = Of(Accuracy.Double);

    /// <summary>The rounding of results that another system computed in float64 by an algorithm of its own.</summary>
    public static Rounding OfStored { get; } = OfTruth with { AnyAlgorithm = true };

    /// <summary>
    /// Whether the algorithm is unknown: one-pass variances and folded scales are to be reckoned with. Only stored results are
    /// granted that.
    /// </summary>
    public bool AnyAlgorithm { get; init; }

    /// <summary>4 where convolutions are computed by Winograd's F(4×4, 3×3); 0 for sums of products.</summary>
    public int WinogradTile { get; init; }

    /// <summary>The largest finite number of the element type.</summary>
    public double Largest => Underflow > Math.ScaleB(1, -200) ? float.MaxValue : double.MaxValue;

    /// <summary>The rounding that a backend declares.</summary>
    /// <param name="accuracy">What it declares.</param>
    public static Rounding Of(Accuracy accuracy)
    {
        ArgumentNullException.ThrowIfNull(accuracy);
        bool single = accuracy.UnitRoundoff > Math.ScaleB(1, -40);
        return new Rounding(accuracy.UnitRoundoff, accuracy.InputRounding, Math.ScaleB(1, single ? -126 : -1022)) { WinogradTile = accuracy.WinogradTile };
    }

    /// <summary>γ_n = n·u/(1 − n·u).</summary>
    /// <param name="n">The number of roundings.</param>
    public double Gamma(int n) => n * U / (1 - (n * U));

    /// <summary>(1 + γ_n)·(1 + u_in)² − 1: sums of products whose factors are rounded first.</summary>
    /// <param name="n">The number of roundings.</param>
    public double Products(int n) => Gamma(n) + ((1 + Gamma(n)) * InputRounding * (2 + InputRounding));
}

/// <summary>The declared accuracy of exp and log: within 2 units in the last place, which is 4 roundings.</summary>
internal static class Transcendental
{
    public const int Roundings = 4;
}
