using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Layers;

namespace Msr.Core.Execution;

/// <summary>One named parameter of a plan.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Name">Its path, such as <c>stage2.block1.body.conv1.weight</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Layout">Its shape and order, inside and outside.</param>
/// <param name="Initializer">How it starts.</param>
/// <param name="Value">The parameter.</param>
/// <param name="Gradient">Its gradient; none for a statistic.</param>
/// <param name="Momentum">Its optimiser state; none for a statistic.</param>
/// <param name="OnIsocline">Whether every step's gradient is projected; with λ = 1 a kernel that starts on the isocline then stays there.</param>
public sealed record PlanParameter<T>(
    string Name,
    ParameterKind Kind,
    ParameterLayout Layout,
    Initializer Initializer,
    TensorRef<T> Value,
    TensorRef<T>? Gradient,
    TensorRef<T>? Momentum,
    bool OnIsocline)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The tensor of a part; null where the parameter has no such part.</summary>
    /// <param name="part">The part.</param>
    public TensorRef<T>? Tensor(ParameterPart part) => part switch
    {
        ParameterPart.Value => Value,
        ParameterPart.Gradient => Gradient,
        _ => Momentum,
    };
}
