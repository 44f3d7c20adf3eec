using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>
/// Sets every element, y = value.
/// </summary>
/// <remarks>
/// Error: none.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed record Fill<T> : Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The name of this kind of op.</summary>
    public const string Kind = "fill";

    /// <summary>Creates and checks the op.</summary>
    /// <param name="y">Destination.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ShapeMismatchException">An operand does not fit.</exception>
    public Fill(TensorRef<T> y, T value)
    {
        (Y, Value) = (y, value);
    }

    /// <summary>Destination.</summary>
    public TensorRef<T> Y { get; }

    /// <summary>The value.</summary>
    public T Value { get; }

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    public override ImmutableArray<Operand> Operands =>
    [
        Operand.Write("y", Y),
    ];

    /// <inheritdoc/>
    public override Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new Fill<T>(map.Map(Y), Value);
    }
}
