using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Cpu.Kernels;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Execution;

/// <summary>
/// What one worker needs to take micro-batches through a plan: activations, the plan's ports, a block of sums, and the ops on them for every
/// number of samples met so far.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class MicroBatchMemory<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Plan<T> _plan;
    private readonly SharedMemory<T> _shared;
    private readonly DeviceMemory<T> _activations;
    private readonly Dictionary<DeviceMemory, DeviceMemory> _buffers = new(ReferenceEqualityComparer.Instance);
    private readonly PreparedFilters<T> _filters;
    private readonly Dictionary<(Pass<T> Pass, int Samples, bool Direct), BoundOp<T>[]> _ops = [];

    /// <summary>Allocates it.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="shared">What all micro-batches share.</param>
    /// <param name="filters">The prepared filters.</param>
    /// <param name="passes">The passes.</param>
    /// <param name="samples">The most samples of a micro-batch.</param>
    /// <param name="sums">The elements of the block of sums.</param>
    public MicroBatchMemory(
        IBackend<T> backend, Plan<T> plan, SharedMemory<T> shared, PreparedFilters<T> filters, IReadOnlyList<Pass<T>> passes, int samples, long sums)
    {
        (_plan, _shared, _filters) = (plan, shared, filters);
        _activations = backend.Allocate<T>(Math.Max(1, passes.Max(static pass => pass.Arena.Length)));
        Sums = (HostMemory<T>)backend.Allocate<T>(Math.Max(1, sums));
        IEnumerable<DeviceMemory> used = passes.SelectMany(static pass => pass.Split.PerSample).SelectMany(static op => op.Operands).Select(static o => o.Memory);
        foreach (DeviceMemory memory in used.Concat([plan.Ports.Images.Memory, plan.Ports.Samples.Memory]))
        {
            IPlanBuffer buffer = (IPlanBuffer)memory;
            bool counts = ReferenceEquals(memory, plan.Ports.Correct.Memory);
            bool own = counts || (buffer.Batched && !passes.Any(pass => pass.Arena.TryGetOffset(memory, out _)));
            if (own && !_buffers.ContainsKey(memory))
            {
                _buffers.Add(memory, buffer.AllocateOn(backend, counts ? 1 : PlanSplit<T>.LengthOf(buffer, plan.BatchSize, samples)));
            }
        }
    }

    /// <summary>The sums of the micro-batches of a partition.</summary>
    public HostMemory<T> Sums { get; }

    /// <summary>The bytes of the activations.</summary>
    public long ActivationBytes => _activations.ByteLength;

    /// <summary>The bytes of the plan's ports and of integers that live within a pass.</summary>
    public long PortBytes => _buffers.Values.Sum(static memory => memory.ByteLength);

    /// <summary>Makes the ops of a pass for a number of samples, if they are not there yet.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="direct">Whether the micro-batch is the whole batch: its sums are then the plan's own.</param>
    public void Prepare(Pass<T> pass, int samples, bool direct)
    {
        if (!_ops.ContainsKey((pass, samples, direct)))
        {
            _ops.Add((pass, samples, direct), Bind(pass, samples, direct));
        }
    }

    /// <summary>Copies samples of a batch to the ports.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="samples">How many.</param>
    public void Load(Batch<T> batch, int first, int samples)
    {
        int pixels = (int)_plan.Image.Length;
        batch.Images.AsSpan(first * pixels, samples * pixels).CopyTo(Port(_plan.Ports.Images));
        batch.Labels.AsSpan(first, samples).CopyTo(Port(_plan.Ports.Labels));
        batch.SampleIndices.AsSpan(first, samples).CopyTo(Port(_plan.Ports.Samples));
    }

    /// <summary>The ops of a pass.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="direct">Whether the micro-batch is the whole batch.</param>
    public ReadOnlySpan<BoundOp<T>> Ops(Pass<T> pass, int samples, bool direct) => _ops[(pass, samples, direct)];

    /// <summary>Copies what the ports say of samples to the host.</summary>
    /// <param name="loss">Their losses.</param>
    /// <param name="logits">Their logits.</param>
    /// <returns>The number of correct samples.</returns>
    public int Store(Span<T> loss, Span<T> logits)
    {
        Port(_plan.Ports.Loss)[..loss.Length].CopyTo(loss);
        Port(_plan.Ports.Logits)[..logits.Length].CopyTo(logits);
        return Port(_plan.Ports.Correct)[0];
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _activations.Dispose();
        Sums.Dispose();
        foreach (DeviceMemory memory in _buffers.Values)
        {
            memory.Dispose();
        }
    }

    private BoundOp<T>[] Bind(Pass<T> pass, int samples, bool direct)
    {
        Binding map = new(this, pass, samples, direct);
        return [.. pass.Groups.Select(group => Bind(group, direct ? group.Head : pass.Split.Summing(group.Head), map, keeps: !direct || pass.Evaluates))];
    }

    /// <summary>Filters that are read once are best prepared on the way, when they are in a cache: kept are those that several micro-batches read.</summary>
    private BoundOp<T> Bind(OpGroup<T> group, Op<T> summing, Binding map, bool keeps)
    {
        Op<T> head = summing.Rebind(map);
        return new BoundOp<T>(head, keeps ? _filters.Keep(group.Head, head) : null, [.. group.Epilogue.Select(op => op.Rebind(map))]);
    }

    private Span<E> Port<E>(TensorRef<E> port)
        where E : unmanaged => ((HostMemory<E>)_buffers[port.Memory]).Span;

    /// <summary>The places of a plan's tensors for a number of samples.</summary>
    private sealed class Binding(MicroBatchMemory<T> memory, Pass<T> pass, int samples, bool direct) : ITensorMap
    {
        public TensorRef<E> Map<E>(TensorRef<E> tensor)
            where E : unmanaged
        {
            bool batched = ((IPlanBuffer)tensor.Memory).Batched;
            var shape = batched ? tensor.Shape.WithOuter(samples) : tensor.Shape;
            if (batched && pass.Arena.TryGetOffset(tensor.Memory, out long offset))
            {
                return ((DeviceMemory<E>)(DeviceMemory)memory._activations).View(offset + tensor.Offset, shape);
            }

            if (memory._buffers.TryGetValue(tensor.Memory, out DeviceMemory? own))
            {
                return ((DeviceMemory<E>)own).View(tensor.Offset, shape);
            }

            return !direct && pass.Split.SumAt(tensor.Memory, tensor.Offset) is { } sum
                ? ((DeviceMemory<E>)(DeviceMemory)memory.Sums).View(sum.Offset + tensor.Offset - sum.Total.Offset, shape)
                : memory._shared.Map(tensor);
        }
    }
}
