using System.Runtime.CompilerServices;
using Msr.Core.Numerics;

namespace Msr.Core.Memory;

/// <summary>A block of memory that belongs to a backend (or, within a plan, to nobody yet), seen without its element type.</summary>
public abstract class DeviceMemory : IDisposable
{
    private protected DeviceMemory(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
    }

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>The type of an element.</summary>
    public abstract Type ElementType { get; }

    /// <summary>The number of bytes.</summary>
    public abstract long ByteLength { get; }

    /// <summary>Gives the memory back. Safe to call twice.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>A block of memory of one element type. Backends derive from it; <see cref="TensorRef{E}"/> points into it.</summary>
/// <typeparam name="E">The element type.</typeparam>
public abstract class DeviceMemory<E> : DeviceMemory
    where E : unmanaged
{
    /// <summary>States the length.</summary>
    /// <param name="length">The number of elements.</param>
    protected DeviceMemory(long length)
        : base(length)
    {
    }

    /// <inheritdoc/>
    public override Type ElementType => typeof(E);

    /// <inheritdoc/>
    public override long ByteLength => Length * Unsafe.SizeOf<E>();

    /// <summary>The whole block as a tensor of rank 1.</summary>
    public TensorRef<E> All() => View(0, new Shape(checked((int)Length)));

    /// <summary>A contiguous tensor within the block.</summary>
    /// <param name="offset">Its first element.</param>
    /// <param name="shape">Its shape.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor would not lie within the block.</exception>
    public TensorRef<E> View(long offset, Shape shape) => new(this, offset, shape);
}

/// <summary>Allocates blocks of memory: what a plan's buffers need of a backend.</summary>
public interface IMemoryAllocator
{
    /// <summary>Allocates memory. Its contents are undefined.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="length">The number of elements.</param>
    DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged;
}
