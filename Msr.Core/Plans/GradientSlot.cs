using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Plans;

/// <summary>Where the gradient of an activation is collected while a plan is built.</summary>
internal sealed record GradientSlot<T>(TensorRef<T> Tensor, bool Shared)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public TensorRef<T> ForAccumulation() => Shared
        ? throw new InvalidOperationException("An activation that shares its consumer's gradient has a second consumer.")
        : Tensor;
}
