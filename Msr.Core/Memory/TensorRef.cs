using Msr.Core.Numerics;

namespace Msr.Core.Memory;

/// <summary>A contiguous tensor within a <see cref="DeviceMemory{E}"/>: an offset and a shape, no strides. It owns nothing.</summary>
/// <typeparam name="E">The element type.</typeparam>
public readonly record struct TensorRef<E>
    where E : unmanaged
{
    /// <summary>Points at a tensor.</summary>
    /// <param name="memory">The block.</param>
    /// <param name="offset">The first element within the block.</param>
    /// <param name="shape">The shape.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor would not lie within the block.</exception>
    public TensorRef(DeviceMemory<E> memory, long offset, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.Length, memory.Length - offset, nameof(shape));
        (Memory, Offset, Shape) = (memory, offset, shape);
    }

    /// <summary>The block.</summary>
    public DeviceMemory<E> Memory { get; }

    /// <summary>The first element within the block.</summary>
    public long Offset { get; }

    /// <summary>The shape, outermost extent first.</summary>
    public Shape Shape { get; }

    /// <summary>The number of elements.</summary>
    public long Length => Shape.Length;

    /// <summary>The same elements under another shape of the same length.</summary>
    /// <param name="shape">The new shape.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public TensorRef<E> As(Shape shape) => shape.Length == Length
        ? new TensorRef<E>(Memory, Offset, shape)
        : throw new ArgumentException($"{shape} has {shape.Length} elements, {Shape} has {Length}.", nameof(shape));

    /// <summary>A part of the elements in order, as a tensor of rank 1.</summary>
    /// <param name="start">The first element, counted from this tensor's own first.</param>
    /// <param name="length">How many.</param>
    public TensorRef<E> Slice(long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
        return new TensorRef<E>(Memory, Offset + start, new Shape(checked((int)length)));
    }
}
