using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Msr.Cpu.Threading;

/// <summary>Working memory that grows on demand and is kept: after the first steps of a run nobody allocates any more.</summary>
public sealed unsafe class Scratch
{
    private byte[] _bytes = [];
    private byte* _pointer;

    /// <summary>The number of bytes held.</summary>
    public long ByteLength => _bytes.Length;

    /// <summary>At least so much memory, aligned like <see cref="HostMemory{E}"/>, its contents undefined. It replaces what was reserved before.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="length">The number of elements.</param>
    public E* Reserve<E>(long length)
        where E : unmanaged
    {
        long bytes = length * Unsafe.SizeOf<E>();
        if (_pointer is null || bytes > _bytes.Length - HostMemory<byte>.Alignment)
        {
            Grow(bytes);
        }

        return (E*)_pointer;
    }

    private void Grow(long bytes)
    {
        // A quarter more than asked for: sizes that creep up settle after a few steps.
        _bytes = GC.AllocateUninitializedArray<byte>(checked((int)(bytes + (bytes / 4) + (2 * HostMemory<byte>.Alignment))), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));
        _pointer = (byte*)((address + HostMemory<byte>.Alignment - 1) & ~(nuint)(HostMemory<byte>.Alignment - 1));
    }
}
