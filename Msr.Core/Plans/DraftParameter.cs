using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Plans;

/// <summary>A parameter while its plan is built, before it has its place in the flat blocks.</summary>
internal sealed class DraftParameter<T>(string name, ParameterKind kind, ParameterLayout layout, Initializer initializer)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public string Name { get; } = name;

    public ParameterKind Kind { get; } = kind;

    public ParameterLayout Layout { get; } = layout;

    public Initializer Initializer { get; } = initializer;

    public bool Trained => Kind != ParameterKind.Statistic;

    public long Length => Layout.Canonical.Length;

    /// <summary>Taps of a slice, R·S; 1 for everything that is no kernel.</summary>
    public int Taps => Kind is ParameterKind.SpatialKernel ? Layout.Canonical[1] * Layout.Canonical[2] : 1;

    public TensorRef<T> Value { get; } =
        new PlanBuffer<T>(name, layout.Canonical.Length, BufferRole.Parameter, batched: false).View(0, layout.Canonical);

    public TensorRef<T> Gradient { get; } =
        new PlanBuffer<T>(name, layout.Canonical.Length, BufferRole.Gradient, batched: false).View(0, layout.Canonical);
}

/// <summary>The slot that collects the gradient of an activation while a plan is built.</summary>
internal sealed record GradientSlot<T>(TensorRef<T> Tensor, bool Shared)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public TensorRef<T> ForAccumulation() => Shared
        ? throw new InvalidOperationException("An activation that shares its consumer's gradient has a second consumer.")
        : Tensor;
}

/// <summary>How a parameter starts. Values are drawn on the host in float64, in exchange layout, so that every backend starts from the same bits.</summary>
public abstract record Initializer
{
    /// <summary>Whether every slice starts with zero mean.</summary>
    public virtual bool StartsOnIsocline => false;

    /// <summary>Fills a parameter.</summary>
    /// <param name="values">The parameter in exchange layout.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="stream">The parameter's own random stream.</param>
    public abstract void Fill(Span<double> values, ParameterLayout layout, RandomStream stream);

    /// <summary>Draws every element from U(−bound, bound).</summary>
    /// <param name="values">The destination.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="stream">The stream; element i uses its i-th uniform number.</param>
    protected static void Uniform(Span<double> values, double bound, RandomStream stream)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = bound * ((2 * stream.Uniform((ulong)i)) - 1);
        }
    }
}
