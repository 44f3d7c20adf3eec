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
