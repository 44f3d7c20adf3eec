namespace Msr.Core.Memory;

/// <summary>Allocates blocks of memory: what a plan's buffers need of a backend.</summary>
public interface IMemoryAllocator
{
    /// <summary>Allocates memory. Its contents are undefined.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="length">The number of elements.</param>
    DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged;
}
