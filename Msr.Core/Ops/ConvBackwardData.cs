using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Gradient of a convolution by its input: the adjoint of <see cref="ConvForward{T}"/> in x, dx = Aᵀ dy.
/// Where padding replicates or reflects, the gradients of the padded copies are added to the elements they were copied from.
/// </summary>
/// <remarks>
/// Error: γ_n·Σ|dy||w| with n = K/G·R·S, one more when accumulating. Where padding replicates or reflects, a border
/// element is read more often, and n counts every product that reaches it. Whether an Inf or NaN weight whose tap meets no output there
/// (a zero that pads dy) gives NaN or has no effect is left open.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record ConvBackwardData<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "conv.backward-data";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="dy">Gradient of the output, [N, P, Q, K].</param>
    /// <param name="w">Filters, [K, R, S, C/G].</param>
    /// <param name="dx">Gradient of the input, [N, H, W, C].</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public ConvBackwardData(ConvGeometry geometry, TensorRef<T> dy, TensorRef<T> w, TensorRef<T> dx, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Require.Rank(Kind, "dy", 4, dy.Shape);
        Require.Shape(Kind, "dy", geometry.Output(dy.Shape[0]), dy.Shape);
        Require.Shape(Kind, "w", geometry.Filter, w.Shape);
        Require.Shape(Kind, "dx", geometry.Input(dy.Shape[0]), dx.Shape);
        (Geometry, Dy, W, Dx, Accumulate) = (geometry, dy, w, dx, accumulate);
    }

    /// <summary>The geometry of the convolution.</summary>
    public ConvGeometry Geometry { get; }

    /// <summary>Gradient of the output, [N, P, Q, K].</summary>
    public TensorRef<T> Dy { get; }

    /// <summary>Filters, [K, R, S, C/G].</summary>
    public TensorRef<T> W { get; }

    /// <summary>Gradient of the input, [N, H, W, C].</summary>
    public TensorRef<T> Dx { get; }

    /// <summary>Whether the op adds to its destination instead of writing it.</summary>
    public bool Accumulate { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("dy", Dy),
        Operand.Read("w", W),
        Operand.Write("dx", Dx, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new ConvBackwardData<T>(Geometry, map.Map(Dy), map.Map(W), map.Map(Dx), Accumulate);
    }
}
