using System.Collections.Immutable;
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
public sealed record NoiseApply<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "noise.apply";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Input, [N, ..., C].</param>
    /// <param name="samples">Index of each sample in its data set, [N].</param>
    /// <param name="step">Index of the optimiser step, one element.</param>
    /// <param name="strength">Strength d, one element.</param>
    /// <param name="y">Output, shaped like x; may be x itself.</param>
    /// <param name="settings">Kind, site and key.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public NoiseApply(
        TensorRef<T> x,
        TensorRef<int> samples,
        TensorRef<int> step,
        TensorRef<T> strength,
        TensorRef<T> y,
        NoiseSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Require.Shape(Kind, "samples", new Shape(x.Shape[0]), samples.Shape);
        Require.Scalar(Kind, "step", step.Shape);
        Require.Scalar(Kind, "strength", strength.Shape);
        Require.Shape(Kind, "y", x.Shape, y.Shape);
        (X, Samples, Step, Strength, Y, Settings) = (x, samples, step, strength, y, settings);
    }

    /// <summary>Input, [N, ..., C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Index of each sample in its data set, [N].</summary>
    public TensorRef<int> Samples { get; }

    /// <summary>Index of the optimiser step, one element.</summary>
    public TensorRef<int> Step { get; }

    /// <summary>Strength d, one element.</summary>
    public TensorRef<T> Strength { get; }

    /// <summary>Output, shaped like x; may be x itself.</summary>
    public TensorRef<T> Y { get; }

    /// <summary>Kind, site and key.</summary>
    public NoiseSettings Settings { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Read("samples", Samples),
        Operand.Read("step", Step),
        Operand.Read("strength", Strength),
        Operand.Write("y", Y),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new NoiseApply<T>(map.Map(X), map.Map(Samples), map.Map(Step), map.Map(Strength), map.Map(Y), Settings);
    }
}
