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
/// <param name="Value">The parameter.</param>
/// <param name="Gradient">Its gradient; none for a statistic.</param>
/// <param name="Momentum">Its optimiser state; none for a statistic.</param>
/// <param name="SecondMoment">Its second moment; none for a statistic, and none without Adam.</param>
/// <param name="OnIsocline">Whether every step's gradient is projected; with λ = 1 a kernel that starts on the isocline then stays there.</param>
public sealed record PlanParameter<T>(
    string Name,
    ParameterKind Kind,
    ParameterLayout Layout,
    Initializer Initializer,
    TensorRef<T> Value,
    TensorRef<T>? Gradient,
    TensorRef<T>? Momentum,
    TensorRef<T>? SecondMoment,
    bool OnIsocline)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The parts that are the state of the optimiser; a parameter may have none of them.</summary>
    internal static ImmutableArray<ParameterPart> OptimizerParts { get; } = [ParameterPart.Momentum, ParameterPart.SecondMoment];

    /// <summary>The tensor of a part; null where the parameter has no such part.</summary>
    /// <param name="part">The part.</param>
    public TensorRef<T>? Tensor(ParameterPart part) => part switch
    {
        ParameterPart.Value => Value,
        ParameterPart.Gradient => Gradient,
        ParameterPart.Momentum => Momentum,
        _ => SecondMoment,
    };
}
