using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Convolution forward, y[n,p,q,k] = Σ_{r,s,c} x[n, p·u + r·d − top, q·v + s·e − left, c] · w[k,r,s,c], c over the channels of k's group.
/// </summary>
/// <remarks>
/// Error: |computed − exact| ≤ γ_n·Σ|x||w| with n = C/G·R·S, one more when accumulating. Whether an Inf or NaN
/// weight that meets a padded zero gives NaN or has no effect is left open.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record ConvForward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "conv.forward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="x">Input, [N, H, W, C].</param>
    /// <param name="w">Filters, [K, R, S, C/G].</param>
    /// <param name="y">Output, [N, P, Q, K].</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public ConvForward(ConvGeometry geometry, TensorRef<T> x, TensorRef<T> w, TensorRef<T> y, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Require.Rank(Kind, "x", 4, x.Shape);
        Require.Shape(Kind, "x", geometry.Input(x.Shape[0]), x.Shape);
        Require.Shape(Kind, "w", geometry.Filter, w.Shape);
        Require.Shape(Kind, "y", geometry.Output(x.Shape[0]), y.Shape);
        (Geometry, X, W, Y, Accumulate) = (geometry, x, w, y, accumulate);
    }

    /// <summary>The geometry of the convolution.</summary>
    public ConvGeometry Geometry { get; }

    /// <summary>Input, [N, H, W, C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Filters, [K, R, S, C/G].</summary>
    public TensorRef<T> W { get; }

    /// <summary>Output, [N, P, Q, K].</summary>
    public TensorRef<T> Y { get; }

    /// <summary>Whether the op adds to its destination instead of writing it.</summary>
    public bool Accumulate { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Read("w", W),
        Operand.Write("y", Y, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new ConvForward<T>(Geometry, map.Map(X), map.Map(W), map.Map(Y), Accumulate);
    }
}
