using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Plans;

/// <summary>
/// A training step as data: immutable lists of ops over buffers that nobody has allocated yet. A backend interprets or compiles it; both are
/// judged against the same list. A batch smaller than <see cref="BatchSize"/> runs the same plan on the leading part of every batched tensor.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class Plan<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal Plan(PlanPorts<T> ports, int classes)
    {
        Ports = ports;
        Classes = classes;
        Image = new Shape(ports.Images.Shape.Extents.AsSpan()[1..]);
    }

    /// <summary>The largest number of samples of a step.</summary>
    public int BatchSize => Ports.Images.Shape[0];

    /// <summary>The shape of one image, [H, W, C].</summary>
    public Shape Image { get; }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The inputs and outputs of the plan.</summary>
    public PlanPorts<T> Ports { get; }

    /// <summary>Run before the first batch of an optimizer step: gradients start from zero.</summary>
    public required ImmutableArray<Op<T>> Begin { get; init; }

    /// <summary>From images to losses.</summary>
    public required ImmutableArray<Op<T>> Forward { get; init; }

    /// <summary>The forward pass of an evaluation. It is <see cref="Forward"/> itself, the same list, unless a layer has minibatch statistics.</summary>
    public required ImmutableArray<Op<T>> EvaluationForward { get; init; }

    /// <summary>From losses to gradients, which are added to.</summary>
    public required ImmutableArray<Op<T>> Backward { get; init; }

    /// <summary>Run after the last batch of an optimizer step: project, clip, update.</summary>
    public required ImmutableArray<Op<T>> Update { get; init; }

    /// <summary>Projects the kernels that started on the isocline and are held there, by λ = 1, onto it again.</summary>
    public required ImmutableArray<Op<T>> Recentre { get; init; }

    /// <summary>The parameters, in the order of the network.</summary>
    public required ImmutableArray<PlanParameter<T>> Parameters { get; init; }

    /// <summary>The states that the optimizer keeps for every trained parameter.</summary>
    public required ImmutableArray<ParameterPart> State { get; init; }

    /// <summary>The activations that layers offer to observers: the outputs of convolutions and ReLUs and the residual stream.</summary>
    public required ImmutableArray<Probe<T>> Probes { get; init; }

    /// <summary>Whether training and evaluation run the very same forward list.</summary>
    public bool TrainsTheTestGraph => Forward == EvaluationForward;

    /// <summary>The parameter of a name.</summary>
    /// <param name="name">Its path.</param>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public PlanParameter<T> Parameter(string name)
    {
        foreach (PlanParameter<T> parameter in Parameters)
        {
            if (parameter.Name == name)
            {
                return parameter;
            }
        }

        throw new KeyNotFoundException($"The plan has no parameter '{name}'.");
    }

    /// <summary>The tensor of a part of a parameter.</summary>
    /// <param name="name">The parameter's path.</param>
    /// <param name="part">The part.</param>
    /// <exception cref="KeyNotFoundException">There is no such parameter, or it has no such part.</exception>
    public TensorRef<T> Tensor(string name, ParameterPart part) =>
        Parameter(name).Tensor(part) ?? throw new KeyNotFoundException($"Parameter '{name}' has no {part.Name}.");

    /// <summary>The values of <see cref="PlanPorts{T}.Scalars"/> for a step.</summary>
    /// <param name="scalars">What changes from step to step.</param>
    /// <param name="values">Room for them.</param>
    public void ScalarsAt(in StepScalars scalars, Span<T> values) => Ports.ScalarsAt(scalars, values);

    /// <summary>Refuses a batch that the plan cannot take.</summary>
    /// <param name="batch">The batch.</param>
    /// <exception cref="ArgumentException">It is too large, or its images have another shape.</exception>
    public void Require(Batch<T> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Image != Image || batch.Count > BatchSize)
        {
            throw new ArgumentException($"The plan takes up to {BatchSize} images {Image}; got {batch.Count} images {batch.Image}.", nameof(batch));
        }
    }
}
