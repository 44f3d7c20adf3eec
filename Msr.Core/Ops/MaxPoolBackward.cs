using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Gradient of <see cref="MaxPoolForward{T}"/>: every dy goes to the element that won.
/// </summary>
/// <remarks>
/// Error: γ_n·Σ|dy| over the n windows that an element won, one more when accumulating.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record MaxPoolBackward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "pool.max-backward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="geometry">The geometry of the windows.</param>
    /// <param name="dy">Gradient of the output, [N, P, Q, C].</param>
    /// <param name="argmax">Where the maxima were, as the forward op wrote it.</param>
    /// <param name="dx">Gradient of the input, [N, H, W, C].</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public MaxPoolBackward(
        PoolGeometry geometry,
        TensorRef<T> dy,
        TensorRef<int> argmax,
        TensorRef<T> dx,
        bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Require.Rank(Kind, "dy", 4, dy.Shape);
        Require.Shape(Kind, "dy", geometry.Output(dy.Shape[0]), dy.Shape);
        Require.Shape(Kind, "argmax", dy.Shape, argmax.Shape);
        Require.Shape(Kind, "dx", geometry.Input(dy.Shape[0]), dx.Shape);
        (Geometry, Dy, Argmax, Dx, Accumulate) = (geometry, dy, argmax, dx, accumulate);
    }

    /// <summary>The geometry of the windows.</summary>
    public PoolGeometry Geometry { get; }

    /// <summary>Gradient of the output, [N, P, Q, C].</summary>
    public TensorRef<T> Dy { get; }

    /// <summary>Where the maxima were, as the forward op wrote it.</summary>
    public TensorRef<int> Argmax { get; }

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
        Operand.Read("argmax", Argmax),
        Operand.Write("dx", Dx, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new MaxPoolBackward<T>(Geometry, map.Map(Dy), map.Map(Argmax), map.Map(Dx), Accumulate);
    }
}
