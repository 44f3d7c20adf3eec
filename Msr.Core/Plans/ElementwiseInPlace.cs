using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;

namespace Msr.Core.Plans;

/// <summary>
/// Lets ops write over an input that <see cref="Operand.MayBeOverwritten"/> and that no other op reads: half the memory of the two, and a backend that
/// fuses such an op with the one before it need not look for readers of what lies between.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class ElementwiseInPlace<T> : ITensorMap
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<DeviceMemory, DeviceMemory> _inputs = new(ReferenceEqualityComparer.Instance);

    /// <summary>Finds the ops.</summary>
    /// <param name="lists">The lists of ops of a plan; each runs in order.</param>
    public ElementwiseInPlace(params ReadOnlySpan<IReadOnlyList<Op<T>>> lists)
    {
        HashSet<DeviceMemory> kept = new(ReferenceEqualityComparer.Instance);
        Dictionary<DeviceMemory, Op<T>> lastUse = new(ReferenceEqualityComparer.Instance);
        foreach (IReadOnlyList<Op<T>> list in lists)
        {
            Dictionary<DeviceMemory, Op<T>> lastHere = LastUses(list);
            foreach ((DeviceMemory memory, Op<T> op) in lastHere)
            {
                if (!ReferenceEquals(lastUse.GetValueOrDefault(memory, op), op))
                {
                    kept.Add(memory);
                }

                lastUse[memory] = op;
            }
        }

        Dictionary<DeviceMemory, Op<T>> firstUse = FirstUses(lists);
        foreach (Op<T> op in lastUse.Values.Distinct(ReferenceEqualityComparer.Instance).Cast<Op<T>>())
        {
            foreach ((Operand x, Operand y) in Replaceable(op))
            {
                bool isLast = ReferenceEquals(lastUse[x.Memory], op) && !kept.Contains(x.Memory);
                if (isLast && IsActivation(x) && IsActivation(y) && ReferenceEquals(firstUse[y.Memory], op) && !_inputs.ContainsKey(y.Memory) && x.Memory != y.Memory)
                {
                    _inputs.Add(y.Memory, x.Memory);
                }
            }
        }
    }

    /// <inheritdoc/>
    public TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged
    {
        DeviceMemory memory = tensor.Memory;
        while (_inputs.TryGetValue(memory, out DeviceMemory? input))
        {
            memory = input;
        }

        return ReferenceEquals(memory, tensor.Memory) ? tensor : ((DeviceMemory<E>)memory).View(tensor.Offset, tensor.Shape);
    }

    private static Dictionary<DeviceMemory, Op<T>> LastUses(IReadOnlyList<Op<T>> ops)
    {
        Dictionary<DeviceMemory, Op<T>> last = new(ReferenceEqualityComparer.Instance);
        foreach (Op<T> op in ops)
        {
            foreach (Operand operand in op.Operands)
            {
                last[operand.Memory] = op;
            }
        }

        return last;
    }

    private static Dictionary<DeviceMemory, Op<T>> FirstUses(ReadOnlySpan<IReadOnlyList<Op<T>>> lists)
    {
        Dictionary<DeviceMemory, Op<T>> first = new(ReferenceEqualityComparer.Instance);
        foreach (IReadOnlyList<Op<T>> list in lists)
        {
            foreach (Op<T> op in list)
            {
                foreach (Operand operand in op.Operands)
                {
                    first.TryAdd(operand.Memory, op);
                }
            }
        }

        return first;
    }

    /// <summary>The inputs over which an op may write, each with the result that would be written there.</summary>
    private static IEnumerable<(Operand X, Operand Y)> Replaceable(Op<T> op) =>
        from x in op.Operands
        where x.MayBeOverwritten
        from y in op.Operands
        where y.Access == OperandAccess.Write
        select (x, y);

    private static bool IsActivation(Operand operand) =>
        operand.Memory is PlanBuffer<T> { Role: BufferRole.Activation } buffer && buffer.Length == operand.Shape.Length;
}
