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

/// <summary>A buffer of a plan, seen without its element type.</summary>
public interface IPlanBuffer
{
    /// <summary>Its name: the path of the parameter, or of the layer and its activation.</summary>
    string Name { get; }

    /// <summary>Its purpose.</summary>
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

/// <summary>The purpose of a buffer of a plan.</summary>
public enum BufferRole
{
    /// <summary>Filled from the batch before a step.</summary>
    Input,

    /// <summary>Filled from the step's scalars before a step.</summary>
    Scalar,

    /// <summary>Lives between the op that writes it and the last op that reads it.</summary>
    Activation,

    /// <summary>Trained, or kept like a running statistic; part of a checkpoint.</summary>
    Parameter,

    /// <summary>Gradients of trained parameters.</summary>
    Gradient,

    /// <summary>State of the optimizer; part of a checkpoint.</summary>
    OptimizerState,

    /// <summary>Read by the host after a step.</summary>
    Output,
}
