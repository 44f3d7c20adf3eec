using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>The ops of a plan on a backend's memory, for one number of samples. An executable makes one for every number of samples it meets.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class BoundPlan<T> : ITensorMap
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IReadOnlyDictionary<DeviceMemory, DeviceMemory> _memory;
    private readonly DeviceMemory<T> _block;
    private readonly int _samples;
    private Arena _arena;

    internal BoundPlan(Plan<T> plan, PlanMemory<T> memory, int samples)
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

    /// <summary>Run before the first batch of an optimizer step; none where only evaluation was asked for.</summary>
    public Op<T>[] Begin { get; } = [];

    /// <summary>From images to losses; none where only evaluation was asked for.</summary>
    public Op<T>[] Forward { get; } = [];

    /// <summary>The forward pass of an evaluation.</summary>
    public Op<T>[] EvaluationForward { get; }

    /// <summary>From losses to gradients; none where only evaluation was asked for.</summary>
    public Op<T>[] Backward { get; } = [];

    /// <summary>Run after the last batch of an optimizer step; none where only evaluation was asked for.</summary>
    public Op<T>[] Update { get; } = [];

    /// <summary>Projects kernels onto the isocline again; none where only evaluation was asked for.</summary>
    public Op<T>[] Recentre { get; } = [];

    /// <summary>The images, [n, H, W, C].</summary>
    public TensorRef<T> Images { get; }

    /// <summary>The labels, [n].</summary>
    public TensorRef<int> Labels { get; }

    /// <summary>Each sample's index in its data set, [n].</summary>
    public TensorRef<int> Samples { get; }

    /// <summary>The scalars of a step.</summary>
    public TensorRef<T> Scalars { get; }

    /// <summary>The index of the optimizer step, [1].</summary>
    public TensorRef<int> StepIndex { get; }

    /// <summary>The logits, [n, classes].</summary>
    public TensorRef<T> Logits { get; }

    /// <summary>The loss of each sample, [n].</summary>
    public TensorRef<T> Loss { get; }

    /// <summary>The number of correct samples, [1].</summary>
    public TensorRef<int> Correct { get; }

    /// <inheritdoc/>
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
