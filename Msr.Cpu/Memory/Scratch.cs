using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Msr.Cpu.Memory;

/// <summary>Working memory that grows on demand and is kept: after the first steps of a run nobody allocates any more.</summary>
public sealed unsafe class Scratch
{
    private byte[] _bytes = [];
    private byte* _pointer;

    /// <summary>At least so much memory, aligned like <see cref="HostMemory{E}"/>, its contents undefined. It replaces what was reserved before.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="OutOfMemoryException">No array holds that much, or the host has not that much.</exception>
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
        if (bytes > Array.MaxLength - HostMemory<byte>.Alignment)
        {
            throw new InsufficientMemoryException(
                $"An op needs {bytes} bytes of working memory, and {Array.MaxLength - HostMemory<byte>.Alignment} are possible; ask for a smaller batch.");
        }

        // A quarter more than asked for: sizes that creep up settle after a few steps.
        long generous = bytes + (bytes / 4) + (2 * HostMemory<byte>.Alignment);
        _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(generous, Array.MaxLength), pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));
        _pointer = (byte*)((address + HostMemory<byte>.Alignment - 1) & ~(nuint)(HostMemory<byte>.Alignment - 1));
    }
}
