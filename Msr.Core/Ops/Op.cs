using System.Collections.Immutable;
using System.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// One operation as data: an immutable record of tensors and constants, validated by its constructor, run by
/// <see cref="Backends.IBackend{T}.Run"/>. All tensors are contiguous; activations are channels last [N, H, W, C], filters [K, R, S, C/G].
/// </summary>
/// <remarks>
/// Operands must not overlap, except that an elementwise op may write exactly over an operand it reads. A destination with an
/// <c>accumulate</c> flag is added to instead of written: <c>y ← y + f(…)</c>.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public abstract record Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private protected Op()
    {
    }

    /// <summary>The name of the kind, family first: <c>conv.backward-data</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The operands, inputs first.</summary>
    public abstract ImmutableArray<Operand> Operands { get; }

    /// <summary>The same op on other tensors, validated anew.</summary>
    /// <param name="map">Where each tensor goes.</param>
    public abstract Op<T> Rebind(ITensorMap map);

    /// <summary>The same op, adding to what it sums over samples instead of writing it; null where an op sums nothing over samples, or cannot add.</summary>
    public virtual Op<T>? Accumulating() => null;

    /// <summary>Whether the order of two ops matters: one writes what the other reads or writes.</summary>
    /// <param name="other">The other op.</param>
    public bool ConflictsWith(Op<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Operands.Any(mine => other.Operands.Any(theirs =>
            mine.Overlaps(theirs) && (mine.Access != OperandAccess.Read || theirs.Access != OperandAccess.Read)));
    }
}
