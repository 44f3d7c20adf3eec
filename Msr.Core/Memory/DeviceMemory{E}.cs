using System.Runtime.CompilerServices;
using Msr.Core.Numerics;

namespace Msr.Core.Memory;

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
