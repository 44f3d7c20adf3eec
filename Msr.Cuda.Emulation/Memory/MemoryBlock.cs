using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Msr.Cuda.Emulation.Memory;

/// <summary>One allocation of device memory, or the shared memory of a block: bytes, and what is known of each word.</summary>
internal sealed unsafe class MemoryBlock
{
    /// <summary>What fresh memory holds: NaN in any float type, and an index out of any range.</summary>
    private const byte Poison = 0xFF;

    private readonly byte[] _bytes;
    private readonly ShadowWord[] _words;

    /// <summary>Makes poisoned memory that nobody has written.</summary>
    /// <param name="address">The address of its first byte.</param>
    /// <param name="length">The number of bytes.</param>
    public MemoryBlock(ulong address, int length)
    {
        Address = address;
        _bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        _words = GC.AllocateArray<ShadowWord>((length + 3) / 4, pinned: true);
        First = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));
        FirstWord = (ShadowWord*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_words));
        _bytes.AsSpan().Fill(Poison);
    }

    /// <summary>The address of the first byte.</summary>
    public ulong Address { get; }

    /// <summary>The number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The first byte, which lies still.</summary>
    public byte* First { get; }

    /// <summary>What is known of the first word, which lies still.</summary>
    public ShadowWord* FirstWord { get; }

    /// <summary>The bytes.</summary>
    public Span<byte> Bytes => _bytes;

    /// <summary>What is known of each word.</summary>
    public Span<ShadowWord> Words => _words;

    /// <summary>Forgets everything: the memory is as new.</summary>
    public void Renew()
    {
        _bytes.AsSpan().Fill(Poison);
        _words.AsSpan().Clear();
    }

    /// <summary>Whether some bytes lie within.</summary>
    /// <param name="address">The first.</param>
    /// <param name="length">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Holds(ulong address, long length) => address >= Address && address - Address + (ulong)length <= (ulong)_bytes.Length;
}
