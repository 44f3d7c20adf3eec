using System.Numerics;
using Msr.Core.Memory;
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
