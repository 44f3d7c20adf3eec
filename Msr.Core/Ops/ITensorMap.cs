using Msr.Core.Memory;

namespace Msr.Core.Ops;

/// <summary>Sends every tensor of an op elsewhere: from a plan to a device, from a full batch to a smaller one.</summary>
public interface ITensorMap
{
    /// <summary>Where a tensor goes.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="tensor">The tensor.</param>
    TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged;
}
