using Msr.Core.Memory;

namespace Msr.Core.Plans;

/// <summary>A buffer of a plan, seen without its element type.</summary>
public interface IPlanBuffer
{
    /// <summary>Its name: the path of the parameter, or of the layer and its activation.</summary>
    string Name { get; }

    /// <summary>What it is for.</summary>
    BufferRole Role { get; }

    /// <summary>Whether the outermost extent of its tensors is the batch, so that a smaller batch uses less of it.</summary>
    bool Batched { get; }

    /// <summary>The number of elements at the plan's batch size.</summary>
    long Length { get; }

    /// <summary>The number of bytes at the plan's batch size.</summary>
    long ByteLength { get; }

    /// <summary>Allocates it.</summary>
    /// <param name="allocator">The backend.</param>
    /// <param name="length">The number of elements.</param>
    DeviceMemory AllocateOn(IMemoryAllocator allocator, long length);
}
