using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Cpu.Kernels;

/// <summary>
/// Finds what can be done with a piece of an op's result while it is in a cache: a bias, the sum with a shortcut and a rectifier behind a
/// convolution; a rectifier's gate behind the gradient that it gates; the step behind the projection of its gradient. Bits stay what they are.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="kernels">The kernels, which say what they can.</param>
internal sealed class TailFusion<T>(IKernelSet<T> kernels)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostSteps = 4;

    /// <summary>Groups a list.</summary>
    /// <param name="ops">Ops of a plan, in order.</param>
    /// <returns>The same ops in groups, in an order that computes the same.</returns>
    public List<OpGroup<T>> Fuse(IReadOnlyList<Op<T>> ops)
    {
        List<OpGroup<T>> groups = [];
        int open = -1;
        foreach (Op<T> op in ops)
        {
            if (open >= 0 && CanJoin(groups[open], op))
            {
                groups[open] = groups[open] with { Tail = groups[open].Tail.Add(op) };
            }
            else if (open >= 0 && !kernels.TakesTail(op) && !groups[open].Ops.Any(earlier => earlier.ConflictsWith(op)))
            {
                // It may as well come first: what follows it may join the group.
                groups.Insert(open++, new OpGroup<T>(op, []));
            }
            else
            {
                groups.Add(new OpGroup<T>(op, []));
                open = kernels.TakesTail(op) ? groups.Count - 1 : -1;
            }
        }

        return groups;
    }

    /// <summary>
    /// An op joins when it takes up what the group has made, element by element, and touches nothing else of the group: pieces of the head still to
    /// come read their sources as they were.
    /// </summary>
    private bool CanJoin(OpGroup<T> group, Op<T> op)
    {
        Operand result = group.Head.Operands.Single(static operand => operand.Access != OperandAccess.Read);
        return group.Tail.Length < MostSteps && op.Has(OpTraits.Elementwise) && kernels.IsTail(op)
            && op.Operands.Any(operand => group.Ops.Any(earlier => earlier.Operands.Any(made => made.Access != OperandAccess.Read && Same(operand, made))))
            && op.Operands.All(operand => operand.Access == OperandAccess.Read || operand.Shape.Length == result.Shape.Length)
            && group.Ops.All(earlier => earlier.Operands.All(theirs => op.Operands.All(mine => AreCompatible(mine, theirs, isPiecewise: !ReferenceEquals(earlier, group.Head) || theirs == result))));
    }

    private static bool AreCompatible(Operand mine, Operand theirs, bool isPiecewise) =>
        !mine.Overlaps(theirs) || (mine.Access == OperandAccess.Read && theirs.Access == OperandAccess.Read) || (isPiecewise && Same(mine, theirs));

    private static bool Same(Operand one, Operand other) =>
        ReferenceEquals(one.Memory, other.Memory) && one.Offset == other.Offset && one.Shape.Length == other.Shape.Length;
}
