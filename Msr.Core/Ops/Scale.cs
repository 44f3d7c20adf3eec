using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Multiplies in place by a factor in device memory, x ← factor·x.
/// </summary>
/// <remarks>
/// Error: none beyond the one rounding of the product.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record Scale<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "scale";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">The tensor, scaled in place.</param>
    /// <param name="factor">The factor, one element.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public Scale(TensorRef<T> x, TensorRef<T> factor)
    {
        Require.Scalar(Kind, "factor", factor.Shape);
        (X, Factor) = (x, factor);
    }

    /// <summary>The tensor, scaled in place.</summary>
    public TensorRef<T> X { get; }

    /// <summary>The factor, one element.</summary>
    public TensorRef<T> Factor { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Write("x", X, accumulate: true),
        Operand.Read("factor", Factor),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new Scale<T>(map.Map(X), map.Map(Factor));
    }
}
