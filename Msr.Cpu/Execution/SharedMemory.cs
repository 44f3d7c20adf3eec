using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Cpu.Execution;

/// <summary>The memory of a plan that has no batch axis: parameters, gradients, state of the optimizer, scalars. All micro-batches share it.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class SharedMemory<T> : ITensorMap, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<DeviceMemory, DeviceMemory> _buffers = new(ReferenceEqualityComparer.Instance);

    /// <summary>Allocates it.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="ops">All ops that will run.</param>
    public SharedMemory(IBackend<T> backend, Plan<T> plan, IEnumerable<Op<T>> ops)
    {
        IEnumerable<DeviceMemory> used = ops.SelectMany(static op => op.Operands).Select(static operand => operand.Memory);
        foreach (DeviceMemory memory in used.Concat([plan.Ports.Scalars.Memory, plan.Ports.StepIndex.Memory]))
        {
            // Every micro-batch counts its own correct samples.
            bool shared = !((IPlanBuffer)memory).Batched && !ReferenceEquals(memory, plan.Ports.Correct.Memory);
            if (shared && !_buffers.ContainsKey(memory))
            {
                _buffers.Add(memory, ((IPlanBuffer)memory).AllocateOn(backend, memory.Length));
            }
        }
    }

    /// <summary>The bytes by purpose.</summary>
    public IEnumerable<(string Purpose, long Bytes)> Report => _buffers.Keys.Cast<IPlanBuffer>()
        .GroupBy(static buffer => buffer.Role)
        .OrderBy(static group => group.Key)
        .Select(static group => (group.Key == BufferRole.Activation ? "Derived from parameters" : $"{group.Key}", group.Sum(static buffer => buffer.ByteLength)));

    /// <inheritdoc/>
    public TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged => ((DeviceMemory<E>)_buffers[tensor.Memory]).View(tensor.Offset, tensor.Shape);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (DeviceMemory memory in _buffers.Values)
        {
            memory.Dispose();
        }
    }
}
