using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Msr.Core.Backends;

namespace Msr.Cpu;

/// <summary>Memory of the host outside the garbage-collected heap, aligned to cache lines, never moved.</summary>
/// <typeparam name="E">The element type.</typeparam>
public sealed unsafe class HostMemory<E> : DeviceMemory<E>
    where E : unmanaged
{
    /// <summary>The alignment in bytes: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private void* _pointer;

    /// <summary>Allocates memory. Its contents are undefined.</summary>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="OutOfMemoryException">The host has not that much.</exception>
    public HostMemory(long length)
        : base(length)
    {
        _pointer = NativeMemory.AlignedAlloc((nuint)Math.Max(1, ByteLength), Alignment);
        GC.AddMemoryPressure(Math.Max(1, ByteLength));
    }

    /// <summary>Gives the memory back if nobody disposed of it.</summary>
    ~HostMemory() => Dispose(disposing: false);

    /// <summary>The elements of a tensor.</summary>
    /// <param name="tensor">A tensor in host memory.</param>
    public static Span<E> SpanOf(TensorRef<E> tensor) => new(PointerTo(tensor), checked((int)tensor.Length));

    /// <summary>The address of a tensor's first element.</summary>
    /// <param name="tensor">A tensor in host memory.</param>
    /// <exception cref="InvalidCastException">The tensor is another backend's.</exception>
    public static E* PointerTo(TensorRef<E> tensor)
    {
        HostMemory<E> memory = (HostMemory<E>)tensor.Memory;
        ObjectDisposedException.ThrowIf(memory._pointer is null, memory);
        return (E*)memory._pointer + tensor.Offset;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_pointer is not null)
        {
            NativeMemory.AlignedFree(_pointer);
            GC.RemoveMemoryPressure(Math.Max(1, Length * Unsafe.SizeOf<E>()));
            _pointer = null;
        }
    }
}
