using System.Collections.Immutable;
using Msr.Core.Memory;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

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
