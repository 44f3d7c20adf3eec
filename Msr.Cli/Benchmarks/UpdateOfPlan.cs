using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Cli.Benchmarks;

/// <summary>The update of a plan on memory of its own. The rate is 0, so that every run meets the same parameters.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class UpdateOfPlan<T> : ITensorMap, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IBackend<T> _backend;
    private readonly Dictionary<DeviceMemory, DeviceMemory> _memory = new(ReferenceEqualityComparer.Instance);

    /// <summary>Allocates what the update touches, and fills it.</summary>
    /// <param name="backend">The backend, which must outlive this.</param>
    /// <param name="plan">The plan.</param>
    public UpdateOfPlan(IBackend<T> backend, Plan<T> plan)
    {
        _backend = backend;
        Ops = [.. plan.Update.Select(op => op.Rebind(this))];
        Parameters = plan.Parameters.Where(static parameter => parameter.Gradient is not null).Sum(static parameter => parameter.Layout.Exchange.Length);
        T[] scalars = new T[plan.Ports.Scalars.Length];
        plan.ScalarsAt(new StepScalars(1, 0, 0, 1), scalars);
        backend.Upload<T>(scalars, Map(plan.Ports.Scalars));
    }

    /// <summary>The ops, in order.</summary>
    public IReadOnlyList<Op<T>> Ops { get; }

    /// <summary>How many numbers are trained.</summary>
    public long Parameters { get; }

    /// <inheritdoc/>
    public TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged
    {
        if (!_memory.TryGetValue(tensor.Memory, out DeviceMemory? memory))
        {
            DeviceMemory<E> block = _backend.Allocate<E>(tensor.Memory.Length);
            _memory.Add(tensor.Memory, memory = block);
            if (block is DeviceMemory<T> numbers)
            {
                RandomStream stream = new RandomStream(1).Split("update").Split((ulong)_memory.Count);
                T[] values = new T[block.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = T.CreateTruncating((stream.Word((ulong)i) / (double)uint.MaxValue) - 0.5);
                }

                _backend.Upload<T>(values, numbers.All());
            }
        }

        return new TensorRef<E>((DeviceMemory<E>)memory, tensor.Offset, tensor.Shape);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeviceMemory block in _memory.Values)
        {
            block.Dispose();
        }
    }
}
