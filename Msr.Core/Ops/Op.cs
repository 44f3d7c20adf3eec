using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Msr.Core.Ops;

/// <summary>
/// One operation as data: an immutable record of tensors and constants, validated by its constructor and run by <c>IBackend{T}.Run</c>.
/// All tensors are contiguous; activations are channels last [N, H, W, C], filters [K, R, S, C/G].
/// </summary>
/// <remarks>
/// An op is a positional record that names its operands once, in <see cref="Walk"/>; operand list and rebinding follow from there. Operands must not
/// overlap, except that the result may lie exactly over an operand that <see cref="Operand.MayBeOverwritten"/>. A destination with an
/// <c>Accumulate</c> flag is added to instead of written: <c>y ← y + f(…)</c>. A copy made by <c>with</c> is validated as soon as its operands are
/// listed or rebound.
/// </remarks>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public abstract record Op<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private ImmutableArray<Operand> _operands;

    /// <summary>Names and validates the op. The positional properties of a derived record are set before this constructor runs, so <see cref="Check"/> sees them.</summary>
    /// <param name="name">The name of the kind of op, family first.</param>
    [SuppressMessage("Usage", "CA2214", Justification = "A record's positional properties are set before the constructor of its base runs.")]
    [SuppressMessage("Design", "MA0056", Justification = "A record's positional properties are set before the constructor of its base runs.")]
    private protected Op(string name)
    {
        Name = name;
        Check();
    }

    /// <summary>Copies an op but not its list of operands, which a <c>with</c> expression may change.</summary>
    /// <param name="original">The op.</param>
    protected Op(Op<T> original)
    {
        ArgumentNullException.ThrowIfNull(original);
        Name = original.Name;
    }

    /// <summary>The name of the kind, family first: <c>conv.backward-data</c>.</summary>
    public string Name { get; }

    /// <summary>The operands, inputs first. They are listed once per op: reading them again allocates nothing.</summary>
    public ImmutableArray<Operand> Operands
    {
        get
        {
            if (_operands.IsDefault)
            {
                OperandWalk list = new(map: null);
                Walk(list);
                ImmutableInterlocked.InterlockedInitialize(ref _operands, list.ToImmutable());
            }

            return _operands;
        }
    }

    /// <summary>The traits of the op: in-place planning, fusion and sample splitting read them and know no op by its type.</summary>
    public virtual OpTraits Traits => OpTraits.None;

    /// <summary>Whether the op has all of some traits.</summary>
    /// <param name="traits">The traits.</param>
    public bool Has(OpTraits traits) => (Traits & traits) == traits;

    /// <summary>The same op on other tensors, validated anew.</summary>
    /// <param name="map">The map that sends each tensor to its place.</param>
    public Op<T> Rebind(ITensorMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Walk(new OperandWalk(map));
    }

    /// <summary>The same op, adding to what it sums over samples instead of writing it; null where an op sums nothing over samples, or cannot add.</summary>
    public virtual Op<T>? Accumulating() => null;

    /// <summary>Whether the order of two ops matters: one writes what the other reads or writes.</summary>
    /// <param name="other">The other op.</param>
    public bool ConflictsWith(Op<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (Operand mine in Operands)
        {
            foreach (Operand theirs in other.Operands)
            {
                if (mine.Overlaps(theirs) && (mine.Access != OperandAccess.Read || theirs.Access != OperandAccess.Read))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether another op is of the same type; derived records compare their tensors and constants.</summary>
    /// <param name="other">The other op.</param>
    public virtual bool Equals(Op<T>? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>Declares the operands in the order of the constructor and makes the op anew from what the walk returns for each.</summary>
    /// <param name="operands">The walk.</param>
    private protected abstract Op<T> Walk(OperandWalk operands);

    /// <summary>Throws where operands or constants do not fit.</summary>
    private protected abstract void Check();
}

/// <summary>The traits of an op, for passes over a plan that know no op by its type.</summary>
[Flags]
public enum OpTraits
{
    /// <summary>Samples do not see each other, and nothing more is promised.</summary>
    None = 0,

    /// <summary>
    /// Every element of the result depends on the elements at its own index, next to constants per channel or map and single numbers: the op may run
    /// on one piece after another.
    /// </summary>
    Elementwise = 1,

    /// <summary>A result without a batch axis is a sum over samples. <see cref="Op{T}.Accumulating"/> gives the form that adds to it, if there is one.</summary>
    SumsOverSamples = 2,

    /// <summary>The op needs all samples of a batch at once, as minibatch statistics do: no part of the batch can be computed alone.</summary>
    CouplesSamples = 4,
}
