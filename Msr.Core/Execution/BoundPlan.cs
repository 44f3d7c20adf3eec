using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;

namespace Msr.Core.Execution;

/// <summary>The ops of a plan on a backend's memory, for one number of samples.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class BoundPlan<T> : ITensorMap
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IReadOnlyDictionary<DeviceMemory, DeviceMemory> _memory;
    private readonly DeviceMemory<T> _block;
    private readonly int _samples;
    private Arena _arena;

    public BoundPlan(Plan<T> plan, PlanMemory<T> memory, int samples)
    {
        (_memory, _block, _samples, _arena) = (memory.Buffers, memory.Activations, samples, memory.Evaluation);
        EvaluationForward = Bind(plan.EvaluationForward);
        Logits = Map(plan.Ports.Logits);
        Loss = Map(plan.Ports.Loss);
        Correct = Map(plan.Ports.Correct);
        Images = Map(plan.Ports.Images);
        Labels = Map(plan.Ports.Labels);
        Samples = Map(plan.Ports.Samples);
        Scalars = Map(plan.Ports.Scalars);
        StepIndex = Map(plan.Ports.StepIndex);
        if (memory.Training is { } training)
        {
            _arena = training;
            Begin = Bind(plan.Begin);
            Forward = Bind(plan.Forward);
            Backward = Bind(plan.Backward);
            Update = Bind(plan.Update);
            Recentre = Bind(plan.Recentre);
        }
    }

    public Op<T>[] Begin { get; } = [];

    public Op<T>[] Forward { get; } = [];

    public Op<T>[] EvaluationForward { get; }

    public Op<T>[] Backward { get; } = [];

    public Op<T>[] Update { get; } = [];

    public Op<T>[] Recentre { get; } = [];

    public TensorRef<T> Images { get; }

    public TensorRef<int> Labels { get; }

    public TensorRef<int> Samples { get; }

    public TensorRef<T> Scalars { get; }

    public TensorRef<int> StepIndex { get; }

    public TensorRef<T> Logits { get; }

    public TensorRef<T> Loss { get; }

    public TensorRef<int> Correct { get; }

    public TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged
    {
        IPlanBuffer buffer = (IPlanBuffer)tensor.Memory;
        var shape = buffer.Batched ? tensor.Shape.WithOuter(_samples) : tensor.Shape;
        if (_arena.TryGetOffset(tensor.Memory, out long offset))
        {
            return ((DeviceMemory<E>)(DeviceMemory)_block).View(offset + tensor.Offset, shape);
        }

        return ((DeviceMemory<E>)_memory[tensor.Memory]).View(tensor.Offset, shape);
    }

    private Op<T>[] Bind(ImmutableArray<Op<T>> ops) => [.. ops.Select(op => op.Rebind(this))];
}
