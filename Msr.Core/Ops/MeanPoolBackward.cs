using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// Gradient of <see cref="MeanPoolForward{T}"/>: every element gets dy/divisor of each window it lies in.
/// </summary>
/// <remarks>
/// Error: γ_{n+1}·Σ|dy|/divisor over the n windows an element lies in, one more when accumulating.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record MeanPoolBackward<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "pool.mean-backward";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="geometry">The geometry of the windows.</param>
    /// <param name="dy">Gradient of the output, [N, P, Q, C].</param>
    /// <param name="dx">Gradient of the input, [N, H, W, C].</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public MeanPoolBackward(PoolGeometry geometry, TensorRef<T> dy, TensorRef<T> dx, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Require.Rank(Kind, "dy", 4, dy.Shape);
        Require.Shape(Kind, "dy", geometry.Output(dy.Shape[0]), dy.Shape);
        Require.Shape(Kind, "dx", geometry.Input(dy.Shape[0]), dx.Shape);
        (Geometry, Dy, Dx, Accumulate) = (geometry, dy, dx, accumulate);
    }

    /// <summary>The geometry of the windows.</summary>
    public PoolGeometry Geometry { get; }

    /// <summary>Gradient of the output, [N, P, Q, C].</summary>
    public TensorRef<T> Dy { get; }

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
        Operand.Write("dx", Dx, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new MeanPoolBackward<T>(Geometry, map.Map(Dy), map.Map(Dx), Accumulate);
    }
}
