using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Mean of each window, y[n,p,q,c] = Σ x / divisor(p, q); see <see cref="PoolGeometry.Divisor"/>.
/// </summary>
/// <remarks>
/// Error: γ_{n+1}·Σ|x|/divisor for windows of n elements.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record MeanPoolForward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "pool.mean-forward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="geometry">The geometry of the windows.</param>
    /// <param name="x">Input, [N, H, W, C].</param>
    /// <param name="y">Output, [N, P, Q, C].</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public MeanPoolForward(PoolGeometry geometry, TensorRef<T> x, TensorRef<T> y)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Require.Rank(Kind, "x", 4, x.Shape);
        Require.Shape(Kind, "x", geometry.Input(x.Shape[0]), x.Shape);
        Require.Shape(Kind, "y", geometry.Output(x.Shape[0]), y.Shape);
        (Geometry, X, Y) = (geometry, x, y);
    }

    /// <summary>The geometry of the windows.</summary>
    public PoolGeometry Geometry { get; }

    /// <summary>Input, [N, H, W, C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Output, [N, P, Q, C].</summary>
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
        return new MeanPoolForward<T>(Geometry, map.Map(X), map.Map(Y));
    }
}
