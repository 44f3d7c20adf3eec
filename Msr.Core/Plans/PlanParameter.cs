using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Plans;

/// <summary>One named parameter of a plan.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Name">Its path, such as <c>stage2.block1.body.conv1.weight</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Layout">Its shape and order, inside and outside.</param>
/// <param name="Initializer">How it starts.</param>
/// <param name="Tensors">Its value first; then, unless it is a statistic, its gradient and the states of the optimizer.</param>
/// <param name="OnIsocline">Whether every step's gradient is projected; with λ = 1 a kernel that starts on the isocline then stays there.</param>
public sealed record PlanParameter<T>(
    string Name,
    ParameterKind Kind,
    ParameterLayout Layout,
    Initializer Initializer,
    ImmutableArray<(ParameterPart Part, TensorRef<T> Tensor)> Tensors,
    bool OnIsocline)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The parameter itself.</summary>
    public TensorRef<T> Value => Tensors[0].Tensor;

    /// <summary>Its gradient; none for a statistic.</summary>
    public TensorRef<T>? Gradient => Tensor(ParameterPart.Gradient);

    /// <summary>Its parts: the value, the gradient, the states of the optimizer.</summary>
    public IEnumerable<ParameterPart> Parts => Tensors.Select(static tensor => tensor.Part);

    /// <summary>The tensor of a part; null where the parameter has no such part.</summary>
    /// <param name="part">The part.</param>
    public TensorRef<T>? Tensor(ParameterPart part)
    {
        foreach ((ParameterPart own, TensorRef<T> tensor) in Tensors)
        {
            if (own == part)
            {
                return tensor;
            }
        }

        return null;
    }
}

/// <summary>The kind of a parameter. Policies and optimizers treat kinds differently.</summary>
public enum ParameterKind
{
    /// <summary>Filters with more than one tap: what the method keeps on the isocline.</summary>
    SpatialKernel,

    /// <summary>Filters with one tap; they have no spatial mean.</summary>
    PointwiseKernel,

    /// <summary>The weight matrix of a linear layer.</summary>
    LinearWeight,

    /// <summary>A bias of a convolution or linear layer.</summary>
    Bias,

    /// <summary>Logarithms of per-filter scales.</summary>
    FilterScale,

    /// <summary>Scale or shift of a batch normalisation.</summary>
    Normalization,

    /// <summary>A running statistic: kept, not trained.</summary>
    Statistic,
}

/// <summary>One of the tensors that belong to a parameter of a plan: its value, its gradient, or a state that the optimizer declares.</summary>
public sealed record ParameterPart
{
    private ParameterPart(string name) => Name = name;

    /// <summary>The parameter itself.</summary>
    public static ParameterPart Value { get; } = new("value");

    /// <summary>The direction of the last step: the gradient, projected and clipped, or the direction that the optimizer made of it.</summary>
    public static ParameterPart Gradient { get; } = new("gradient");

    /// <summary>Its name, for messages.</summary>
    public string Name { get; }

    /// <summary>Whether it is state of the optimizer: zero before the first step, and part of a checkpoint.</summary>
    public bool IsState { get; private init; }

    /// <summary>Whether its elements are never negative, like a mean of squares.</summary>
    public bool IsNotNegative { get; private init; }

    /// <summary>The first letters of its name in a checkpoint; the path of the parameter follows.</summary>
    public string CheckpointPrefix { get; private init; } = "";

    /// <summary>A state of an optimizer: one element for every element of every trained parameter.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="checkpointPrefix">The first letters of its name in a checkpoint; no other state of the optimizer has the same.</param>
    /// <param name="isNotNegative">Whether its elements are never negative.</param>
    public static ParameterPart State(string name, string checkpointPrefix = "", bool isNotNegative = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(checkpointPrefix);
        return new ParameterPart(name) { IsState = true, IsNotNegative = isNotNegative, CheckpointPrefix = checkpointPrefix };
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A parameter and its gradient, in canonical layout. Backward ops always add to the gradient; the plan starts it from zero.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Value">The parameter.</param>
/// <param name="Gradient">Its gradient.</param>
public readonly record struct ParameterTensors<T>(TensorRef<T> Value, TensorRef<T> Gradient)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
