using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Epilogues;

namespace Msr.Cpu.Kernels;

/// <summary>
/// Finds the epilogues of convolutions, which run on a piece of a result while it is in a cache: a bias, noise, the sum with a shortcut and a ReLU
/// after a forward pass; a ReLU's gate after the gradient that it gates. Bits stay what they are.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="kernels">The kernels, which say what they can.</param>
internal sealed class EpilogueFusion<T>(IKernelSet<T> kernels)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
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
                groups[open] = groups[open] with { Epilogue = groups[open].Epilogue.Add(op) };
            }
            else if (open >= 0 && !kernels.TakesEpilogue(op) && !groups[open].Ops.Any(earlier => earlier.ConflictsWith(op)))
            {
                // It may as well come first: what follows it may join the group.
                groups.Insert(open++, new OpGroup<T>(op, []));
            }
            else
            {
                groups.Add(new OpGroup<T>(op, []));
                open = kernels.TakesEpilogue(op) ? groups.Count - 1 : -1;
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
        return group.Epilogue.Length < Epilogue.MostSteps && op.Has(OpTraits.Elementwise) && kernels.IsEpilogue(op)
            && op.Operands.Any(operand => group.Ops.Any(earlier => earlier.Operands.Any(made => made.Access != OperandAccess.Read && Same(operand, made))))
            && op.Operands.All(operand => operand.Access == OperandAccess.Read || operand.Shape.Length == result.Shape.Length)
            && group.Ops.All(earlier => earlier.Operands.All(theirs => op.Operands.All(mine => AreCompatible(mine, theirs, isPiecewise: !ReferenceEquals(earlier, group.Head) || theirs == result))));
    }

    private static bool AreCompatible(Operand mine, Operand theirs, bool isPiecewise) =>
        !mine.Overlaps(theirs) || (mine.Access == OperandAccess.Read && theirs.Access == OperandAccess.Read) || (isPiecewise && Same(mine, theirs));

    private static bool Same(Operand one, Operand other) =>
        ReferenceEquals(one.Memory, other.Memory) && one.Offset == other.Offset && one.Shape.Length == other.Shape.Length;
}
