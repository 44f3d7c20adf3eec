using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Largest element of each window, y[n,p,q,c] = max x over the window. The first maximum in row-major order wins; the first NaN wins over
/// every number.
/// </summary>
/// <remarks>
/// Error: none.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record MaxPoolForward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "pool.max-forward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="geometry">The geometry of the windows.</param>
    /// <param name="x">Input, [N, H, W, C].</param>
    /// <param name="y">Output, [N, P, Q, C].</param>
    /// <param name="argmax">Where the maximum was, h·W + w of the unpadded plane, [N, P, Q, C].</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public MaxPoolForward(PoolGeometry geometry, TensorRef<T> x, TensorRef<T> y, TensorRef<int> argmax)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Require.Rank(Kind, "x", 4, x.Shape);
        Require.Shape(Kind, "x", geometry.Input(x.Shape[0]), x.Shape);
        Require.Shape(Kind, "y", geometry.Output(x.Shape[0]), y.Shape);
        Require.Shape(Kind, "argmax", y.Shape, argmax.Shape);
        (Geometry, X, Y, Argmax) = (geometry, x, y, argmax);
    }

    /// <summary>The geometry of the windows.</summary>
    public PoolGeometry Geometry { get; }

    /// <summary>Input, [N, H, W, C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Output, [N, P, Q, C].</summary>
    public TensorRef<T> Y { get; }

    /// <summary>Where the maximum was, h·W + w of the unpadded plane, [N, P, Q, C].</summary>
    public TensorRef<int> Argmax { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Write("y", Y),
        Operand.Write("argmax", Argmax),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new MaxPoolForward<T>(Geometry, map.Map(X), map.Map(Y), map.Map(Argmax));
    }
}
