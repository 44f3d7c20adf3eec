namespace Msr.Core.Backends;

/// <summary>
/// The rounding a backend declares. The oracle's bounds follow from it: (γ_n(<see cref="UnitRoundoff"/>) + 2·<see cref="InputRounding"/>)·Σ|x||w|
/// for sums of products. An algorithm outside the declaration may not be chosen.
/// </summary>
/// <param name="UnitRoundoff">Unit roundoff u of every operation: 2⁻²⁴ in float32, 2⁻⁵³ in float64.</param>
/// <param name="InputRounding">Relative rounding of the inputs of products; 0 unless a reduced-precision path is declared (TF32: 2⁻¹⁰).</param>
/// <param name="WinogradTile">
/// 4 for a convolution computed by Winograd's F(4×4, 3×3): its bound follows from the transforms, and integers give no exact results. 0 for sums
/// of products in any order.
/// </param>
public sealed record Accuracy(double UnitRoundoff, double InputRounding = 0, int WinogradTile = 0)
{
    /// <summary>IEEE single precision throughout.</summary>
    public static Accuracy Single { get; } = new(1.0 / (1 << 24));

    /// <summary>IEEE double precision throughout.</summary>
    public static Accuracy Double { get; } = new(1.0 / (1L << 53));
}
