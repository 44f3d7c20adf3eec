using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Copy, y = x; or, accumulating, y ← y + x.
/// </summary>
/// <remarks>
/// Error: none, or one rounding when accumulating.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record Copy<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "copy";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="x">Source.</param>
    /// <param name="y">Destination, of the same length.</param>
    /// <param name="accumulate">Whether to add to the destination instead of writing it.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public Copy(TensorRef<T> x, TensorRef<T> y, bool accumulate = false)
    {
        Require.Length(Kind, "y", x.Length, y.Shape);
        (X, Y, Accumulate) = (x, y, accumulate);
    }

    /// <summary>Source.</summary>
    public TensorRef<T> X { get; }

    /// <summary>Destination, of the same length.</summary>
    public TensorRef<T> Y { get; }

    /// <summary>Whether the op adds to its destination instead of writing it.</summary>
    public bool Accumulate { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Read("x", X),
        Operand.Write("y", Y, Accumulate),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new Copy<T>(map.Map(X), map.Map(Y), Accumulate);
    }
}
