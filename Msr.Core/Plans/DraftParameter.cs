using System.Numerics;
using Msr.Core.Memory;

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
