using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Mean and mean square of each channel over all rows, mean[c] = Σ x[…,c]/rows and square[c] = Σ x[…,c]²/rows: what the mean-shift record is made of.
/// </summary>
/// <remarks>
/// Error: γ_{n+1}·Σ|x|/n and γ_{n+2}·Σx²/n with n rows.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record SegmentMoments<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "moments.segment";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Activations, [..., C].</param>
    /// <param name="mean">Means, [C].</param>
    /// <param name="square">Mean squares, [C].</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public SegmentMoments(TensorRef<T> x, TensorRef<T> mean, TensorRef<T> square)
    {
        Require.PerChannel(Kind, "mean", x.Shape, mean.Shape);
        Require.PerChannel(Kind, "square", x.Shape, square.Shape);
        (X, Mean, Square) = (x, mean, square);
    }

    /// <summary>Activations, [..., C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Means, [C].</summary>
    public TensorRef<T> Mean { get; }

    /// <summary>Mean squares, [C].</summary>
    public TensorRef<T> Square { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Write("mean", Mean),
        Operand.Write("square", Square),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new SegmentMoments<T>(map.Map(X), map.Map(Mean), map.Map(Square));
    }
}
