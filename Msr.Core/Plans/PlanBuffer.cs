using Msr.Core.Memory;

namespace Msr.Core.Plans;

/// <summary>Memory that a plan needs, before any backend has allocated it.</summary>
/// <typeparam name="E">The element type.</typeparam>
public sealed class PlanBuffer<E> : DeviceMemory<E>, IPlanBuffer
    where E : unmanaged
{
    internal PlanBuffer(string name, long length, BufferRole role, bool batched)
        : base(length)
    {
        Name = name;
        Role = role;
        Batched = batched;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public BufferRole Role { get; }

    /// <inheritdoc/>
    public bool Batched { get; }

    /// <inheritdoc/>
    public DeviceMemory AllocateOn(IMemoryAllocator allocator, long length)
    {
        ArgumentNullException.ThrowIfNull(allocator);
        return allocator.Allocate<E>(length);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Role}, {Length})";
}
