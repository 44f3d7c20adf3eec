using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Msr.Core.Memory;

namespace Msr.Cpu.Memory;

/// <summary>Memory of the host, aligned to cache lines, pinned for life. The collector takes it back even if nobody disposes of it.</summary>
/// <typeparam name="E">The element type.</typeparam>
public sealed unsafe class HostMemory<E> : DeviceMemory<E>
    where E : unmanaged
{
    /// <summary>The alignment in bytes: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private E[]? _elements;
    private E* _pointer;

    /// <summary>Allocates memory. Its contents are undefined.</summary>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="OutOfMemoryException">The host has not that much.</exception>
    public HostMemory(long length)
        : base(length)
    {
        int room = Alignment / Unsafe.SizeOf<E>();

        // No host has an array of int.MaxValue elements: the system answers with the exception that is meant.
        int elements = length > int.MaxValue - room ? int.MaxValue : (int)length + room;
        _elements = GC.AllocateUninitializedArray<E>(elements, pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_elements));
        _pointer = (E*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>All elements.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public Span<E> Span
    {
        get
        {
            E[]? elements = _elements;
            ObjectDisposedException.ThrowIf(elements is null, this);

            // Made from the array, not from the pointer: the span keeps the array alive.
            ref E first = ref MemoryMarshal.GetArrayDataReference(elements);
            nint skipped = (nint)_pointer - (nint)Unsafe.AsPointer(ref first);
            return MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref first, skipped), (int)Length);
        }
    }

    /// <summary>The address of the first element. It keeps nothing alive.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    internal E* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_elements is null, this);
            return _pointer;
        }
    }

    /// <summary>The elements of a tensor.</summary>
    /// <param name="tensor">A tensor in host memory.</param>
    /// <exception cref="InvalidCastException">The tensor is another backend's.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public static Span<E> SpanOf(TensorRef<E> tensor) => ((HostMemory<E>)tensor.Memory).Span.Slice((int)tensor.Offset, (int)tensor.Length);

    /// <summary>The address of a tensor's first element. It keeps nothing alive: whoever uses it holds the memory.</summary>
    /// <param name="tensor">A tensor in host memory.</param>
    /// <exception cref="InvalidCastException">The tensor is another backend's.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public static E* PointerTo(TensorRef<E> tensor) => ((HostMemory<E>)tensor.Memory).Pointer + tensor.Offset;

    /// <summary>Copies into a tensor.</summary>
    /// <param name="source">As many elements as the tensor has.</param>
    /// <param name="destination">A tensor in host memory.</param>
    public static void Upload(ReadOnlySpan<E> source, TensorRef<E> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, destination.Length);
        source.CopyTo(SpanOf(destination));
    }

    /// <summary>Copies out of a tensor.</summary>
    /// <param name="source">A tensor in host memory.</param>
    /// <param name="destination">As many elements as the tensor has.</param>
    public static void Download(TensorRef<E> source, Span<E> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, source.Length);
        SpanOf(source).CopyTo(destination);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _elements = null;
        _pointer = null;
        base.Dispose(disposing);
    }
}
