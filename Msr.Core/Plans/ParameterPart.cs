namespace Msr.Core.Plans;

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
