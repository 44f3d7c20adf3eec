using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Gradient of a convolution by its filters, dw[k,r,s,c] = Σ_{n,p,q} dy[n,p,q,k] · x[n, p·u + r·d − top, q·v + s·e − left, c].
/// </summary>
/// <remarks>
/// Error: γ_n·Σ|x||dy| with n = N·P·Q, one more when accumulating. Whether an Inf or NaN gradient that meets a padded zero gives NaN or has
/// no effect is left open.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record ConvBackwardFilter<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "conv.backward-filter";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="x">Input, [N, H, W, C].</param>
    /// <param name="dy">Gradient of the output, [N, P, Q, K].</param>
    /// <param name="dw">Gradient of the filters, [K, R, S, C/G].</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public ConvBackwardFilter(ConvGeometry geometry, TensorRef<T> x, TensorRef<T> dy, TensorRef<T> dw, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Require.Rank(Kind, "x", 4, x.Shape);
        Require.Shape(Kind, "x", geometry.Input(x.Shape[0]), x.Shape);
        Require.Shape(Kind, "dy", geometry.Output(x.Shape[0]), dy.Shape);
        Require.Shape(Kind, "dw", geometry.Filter, dw.Shape);
        (Geometry, X, Dy, Dw, Accumulate) = (geometry, x, dy, dw, accumulate);
    }

    /// <summary>The geometry of the convolution.</summary>
    public ConvGeometry Geometry { get; }

    /// <summary>Input, [N, H, W, C].</summary>
    public TensorRef<T> X { get; }

    /// <summary>Gradient of the output, [N, P, Q, K].</summary>
    public TensorRef<T> Dy { get; }

    /// <summary>Gradient of the filters, [K, R, S, C/G].</summary>
    public TensorRef<T> Dw { get; }

    /// <summary>Whether the op adds to its destination instead of writing it.</summary>
    public bool Accumulate { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Read("dy", Dy),
        Operand.Write("dw", Dw, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new ConvBackwardFilter<T>(Geometry, map.Map(X), map.Map(Dy), map.Map(Dw), Accumulate);
    }

    /// <inheritdoc/>
    public override Op<T> Accumulating() => Accumulate ? this : new ConvBackwardFilter<T>(Geometry, X, Dy, Dw, accumulate: true);
}
