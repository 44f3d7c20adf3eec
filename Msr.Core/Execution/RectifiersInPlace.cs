using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;

namespace Msr.Core.Execution;

/// <summary>
/// Lets a rectifier write over its input where nobody else reads it: half the memory of the two, and a backend that makes one pass of the
/// rectifier and the sum before it need not look for who would miss the sum.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class RectifiersInPlace<T> : ITensorMap
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<DeviceMemory, DeviceMemory> _inputs = new(ReferenceEqualityComparer.Instance);

    /// <summary>Finds the rectifiers.</summary>
    /// <param name="lists">The lists of ops of a plan; each runs in order.</param>
    public RectifiersInPlace(params ReadOnlySpan<IReadOnlyList<Op<T>>> lists)
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

        foreach (ReluForward<T> relu in lastUse.Values.OfType<ReluForward<T>>())
        {
            if (IsActivation(relu.X) && IsActivation(relu.Y) && ReferenceEquals(lastUse[relu.X.Memory], relu) && !kept.Contains(relu.X.Memory))
            {
                _inputs[relu.Y.Memory] = relu.X.Memory;
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

    private static bool IsActivation(TensorRef<T> tensor) =>
        tensor.Memory is PlanBuffer<T> { Role: BufferRole.Activation } buffer && buffer.Length == tensor.Length;
}
