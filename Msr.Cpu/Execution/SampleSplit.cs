using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Cpu.Execution;

/// <summary>
/// A list of ops in three: what comes before the samples, what can be done for some samples at a time, and what follows when all are done.
/// An op is of the second kind when one of its tensors has a batch axis and it does not couple samples. What it writes without a batch axis is a sum
/// over samples, as its traits say.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class SampleSplit<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DeviceMemory _correct;
    private readonly List<Op<T>> _before = [];
    private readonly List<Op<T>> _perSample = [];
    private readonly List<Op<T>> _after = [];
    private readonly List<SampleSum<T>> _sums = [];

    private SampleSplit(DeviceMemory correct) => _correct = correct;

    /// <summary>The ops that do not depend on samples.</summary>
    public IReadOnlyList<Op<T>> Before => _before;

    /// <summary>The ops of single samples.</summary>
    public IReadOnlyList<Op<T>> PerSample => _perSample;

    /// <summary>The ops that depend on sums over samples.</summary>
    public IReadOnlyList<Op<T>> After => _after;

    /// <summary>The sums, apart from the number of correct samples.</summary>
    public IReadOnlyList<SampleSum<T>> Sums => _sums;

    /// <summary>The elements of a block with room for all sums.</summary>
    public long SumLength { get; private set; }

    /// <summary>Splits a list.</summary>
    /// <param name="ops">The ops of a plan, in order.</param>
    /// <param name="correct">Where the plan counts correct samples.</param>
    /// <returns>The parts; null where an op needs all samples at once, like minibatch statistics.</returns>
    public static SampleSplit<T>? Of(IEnumerable<Op<T>> ops, DeviceMemory correct)
    {
        SampleSplit<T> split = new(correct);
        return ops.All(split.TryPlace) && !split.AnySumIsRead() ? split : null;
    }

    /// <summary>The op that adds to its sums; the op itself where it has none.</summary>
    /// <param name="op">An op of <see cref="PerSample"/>.</param>
    public Op<T> Summing(Op<T> op) => op.Operands.Any(operand => _sums.Exists(sum => sum.Is(operand))) ? op.Accumulating()! : op;

    /// <summary>The sum that an element of a memory belongs to, if any.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="offset">The element.</param>
    public SampleSum<T>? SumAt(DeviceMemory memory, long offset) => _sums.Find(sum => sum.Holds(memory, offset));

    private bool TryPlace(Op<T> op)
    {
        if (!op.Operands.Any(IsBatched))
        {
            bool waits = _perSample.Concat(_after).Any(earlier => earlier.ConflictsWith(op));
            (waits ? _after : _before).Add(op);
            return true;
        }

        _perSample.Add(op);
        return !op.Has(OpTraits.CouplesSamples) && !_after.Exists(earlier => earlier.ConflictsWith(op)) && op.Operands.Where(IsSum).All(sum => TryAdd(op, sum));
    }

    private bool TryAdd(Op<T> op, Operand operand)
    {
        if (!op.Has(OpTraits.SumsOverSamples))
        {
            return false;
        }

        // The executable itself adds up the counts of micro-batches.
        if (ReferenceEquals(operand.Memory, _correct))
        {
            return true;
        }

        if (op.Accumulating() is null || operand.Memory is not DeviceMemory<T> memory)
        {
            return false;
        }

        // A second op may only add to a sum, and sums are the same elements or have none in common.
        if (_sums.Exists(sum => sum.Is(operand)))
        {
            return operand.Access == OperandAccess.Accumulate;
        }

        TensorRef<T> total = new(memory, operand.Offset, operand.Shape);
        if (_sums.Exists(sum => operand.Overlaps(Operand.Read("sum", sum.Total))))
        {
            return false;
        }

        _sums.Add(new SampleSum<T>(total, operand.Access == OperandAccess.Accumulate, SumLength));
        SumLength += (total.Length + Arena.Alignment - 1) / Arena.Alignment * Arena.Alignment;
        return true;
    }

    /// <summary>A sum is whole only when all samples are done: no op of single samples may read it.</summary>
    private bool AnySumIsRead() => _perSample.Exists(op => op.Operands.Any(operand =>
        operand.Access == OperandAccess.Read && _sums.Exists(sum => operand.Overlaps(Operand.Read("sum", sum.Total)))));

    private static bool IsBatched(Operand operand) => ((IPlanBuffer)operand.Memory).Batched;

    private static bool IsSum(Operand operand) => operand.Access != OperandAccess.Read && !IsBatched(operand);
}

/// <summary>A sum that ops of single samples add up over a batch, such as the gradient of a filter.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Total">Where the sum goes, in the plan's memory.</param>
/// <param name="Adds">Whether it is added to what is there.</param>
/// <param name="Offset">Where a micro-batch's own sum lies in its block of sums.</param>
internal sealed record SampleSum<T>(TensorRef<T> Total, bool Adds, long Offset)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether an operand is this sum.</summary>
    /// <param name="operand">The operand.</param>
    public bool Is(Operand operand) => Holds(operand.Memory, operand.Offset) && operand.Offset == Total.Offset && operand.Shape.Length == Total.Length;

    /// <summary>Whether an element of a memory belongs to it.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="offset">The element.</param>
    public bool Holds(DeviceMemory memory, long offset) =>
        ReferenceEquals(memory, Total.Memory) && offset >= Total.Offset && offset < Total.Offset + Total.Length;
}
