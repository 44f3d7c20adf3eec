using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>
/// A layer of a network: an immutable description. <see cref="EmitInScope"/> writes its forward ops and leaves its backward ops in the same
/// short method, to be read together.
/// </summary>
public abstract record Layer
{
    /// <summary>The layer's name within its scope; when left out, its kind and a number: <c>conv1</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The word that names layers of this kind; null for a layer without parameters of its own, which opens no scope.</summary>
    protected virtual string? Kind => null;

    /// <summary>Writes the layer into a plan, within a scope of its own.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="plan">The plan.</param>
    /// <param name="x">The input.</param>
    /// <returns>The output.</returns>
    public TensorRef<T> Emit<T>(PlanBuilder<T> plan, TensorRef<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(plan);
        string? name = Name ?? (Kind is null ? null : plan.NextName(Kind));
        if (name is null)
        {
            return EmitInScope(plan, x);
        }

        using (plan.Scope(name))
        {
            return EmitInScope(plan, x);
        }
    }

    /// <summary>Writes the layer's ops.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="plan">The plan.</param>
    /// <param name="x">The input.</param>
    /// <returns>The output.</returns>
    protected abstract TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>A network that classifies images: a description without memory or precision.</summary>
/// <param name="Name">Its name, such as <c>resnet20</c>.</param>
/// <param name="Image">The shape of an image, [H, W, C].</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Body">From images [N, H, W, C] to logits [N, classes].</param>
public sealed record Network(string Name, Shape Image, int Classes, Layer Body);

/// <summary>Layers one after the other. An empty sequence is the identity.</summary>
public sealed record Sequence : Layer
{
    /// <summary>Puts layers in a row.</summary>
    /// <param name="layers">The layers.</param>
    public Sequence(params ImmutableArray<Layer> layers)
    {
        Layers = layers;
    }

    /// <summary>The layers.</summary>
    public ImmutableArray<Layer> Layers { get; }

    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        foreach (Layer layer in Layers)
        {
            x = layer.Emit(plan, x);
        }

        return x;
    }
}
