namespace Msr.Core.Backends;

/// <summary>A backend's description of itself.</summary>
/// <param name="Name">The name users select it by, such as <c>cpu</c> or <c>cpu:f64</c>.</param>
/// <param name="Device">What it runs on, for people, such as <c>AVX2 (256 bits), 2 threads</c>.</param>
/// <param name="Accuracy">The rounding it declares.</param>
/// <param name="Bitwise">What it promises to the last bit.</param>
/// <param name="VectorBits">The vector width its bits depend on; 0 where they depend on none.</param>
/// <param name="Threads">The number of threads it computes on.</param>
public sealed record BackendInfo(string Name, string Device, Accuracy Accuracy, BitwiseGuarantees Bitwise, int VectorBits, int Threads);

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

/// <summary>The bitwise guarantees of a backend, for one binary on one machine.</summary>
[Flags]
public enum BitwiseGuarantees
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The same operation on the same data gives the same bits again.</summary>
    Repeat = 1,

    /// <summary>Bits do not depend on the number of threads.</summary>
    ThreadCount = 2,

    /// <summary>The result of a sample does not depend on the other samples of its batch, nor on their number. Minibatch statistics
    /// (<see cref="Ops.BatchNormForward{T}"/> and <see cref="Ops.BatchNormBackward{T}"/> in training) are the exception: they are of the whole batch.</summary>
    Batch = 4,
}
