using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Sum of squares of each row, y[r] = Σ x[r,…]².
/// </summary>
/// <remarks>
/// Error: γ_n·Σx² with n = length.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record SquaredNorms<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "norms.squared";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Rows, [rows, length].</param>
    /// <param name="y">Sums, [rows].</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public SquaredNorms(TensorRef<T> x, TensorRef<T> y)
    {
        Require.Rank(Kind, "x", 2, x.Shape);
        Require.Shape(Kind, "y", new Shape(x.Shape[0]), y.Shape);
        (X, Y) = (x, y);
    }

    /// <summary>Rows, [rows, length].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Sums, [rows].</summary>
    public TensorRef<T> Y { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Write("y", Y),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new SquaredNorms<T>(map.Map(X), map.Map(Y));
    }
}
