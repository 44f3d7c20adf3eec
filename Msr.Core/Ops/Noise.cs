using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Noise that is constant over each map: y[n,h,w,c] = x·(1 + d·z) or x + d·z, z drawn for (step, site, sample, c) by Philox4x32-10. With
/// strength d = 0 the result is x, bit for bit. The multiplicative forms are their own gradient op: dx is made from dy by the same factors.
/// </summary>
/// <remarks>
/// Error: the integers drawn are exact. Uniform: γ_3·|x|·(1 + |d|). Shift: γ_2·(|x| + |d·z|). Gaussian: |x|·(γ_3·(1 + 5.8·|d|) + 1.01·|d|·E_z)
/// with E_z ≤ (u + 24·2⁻⁵³)·5.8 the error of z.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="X">Input, [N, ..., C].</param>
/// <param name="Samples">Index of each sample in its data set, [N].</param>
/// <param name="Step">Index of the optimizer step, one element.</param>
/// <param name="Strength">Strength d, one element.</param>
/// <param name="Y">Output, shaped like x; may be x itself.</param>
/// <param name="Settings">Distribution, site and key.</param>
/// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
public sealed record NoiseApply<T>(
    TensorRef<T> X,
    TensorRef<int> Samples,
    TensorRef<int> Step,
    TensorRef<T> Strength,
    TensorRef<T> Y,
    NoiseSettings Settings) : Op<T>(Kind)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "noise.apply";

    /// <inheritdoc/>
    public override OpTraits Traits => OpTraits.Elementwise;

    private protected override Op<T> Walk(OperandWalk operands) => new NoiseApply<T>(
        operands.Read(X, mayBeOverwritten: true),
        operands.Read(Samples),
        operands.Read(Step),
        operands.Read(Strength),
        operands.Write(Y),
        Settings);

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Settings);
        Require.Shape(Kind, Samples, new Shape(X.Shape[0]));
        Require.Scalar(Kind, Step);
        Require.Scalar(Kind, Strength);
        Require.Shape(Kind, Y, X.Shape);
    }
}

/// <summary>The constants of <see cref="NoiseApply{T}"/>.</summary>
/// <param name="Distribution">How z is drawn and used.</param>
/// <param name="Site">The place of the noise in the network, a different number for every site.</param>
/// <param name="Key">The 64-bit key of Philox: the run's seed, split for noise.</param>
public sealed record NoiseSettings(NoiseDistribution Distribution, int Site, ulong Key);

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
