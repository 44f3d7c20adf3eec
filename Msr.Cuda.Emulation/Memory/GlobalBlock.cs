using System.Runtime.InteropServices;

namespace Msr.Cuda.Emulation.Memory;

/// <summary>One allocation of emulated device memory: its bytes, which of them were written, and the marks of the race check.</summary>
internal sealed class GlobalBlock
{
    /// <summary>The pattern of fresh memory: a NaN as float32 and, twice in a row, as float64.</summary>
    public const uint Poison = 0x7fffdead;

    private RaceMark[] _marks = [];

    /// <summary>A block of poisoned bytes, none of them written.</summary>
    /// <param name="address">The device address of the first byte, a multiple of 16.</param>
    /// <param name="length">The length in bytes, at least 1.</param>
    public GlobalBlock(ulong address, int length)
    {
        (Address, Length) = (address, length);
        int words = (length + 3) / 4;
        Data = GC.AllocateUninitializedArray<byte>(words * 4);
        MemoryMarshal.Cast<byte, uint>(Data.AsSpan()).Fill(Poison);
        Written = new byte[words];
    }

    /// <summary>The device address of the first byte.</summary>
    public ulong Address { get; }

    /// <summary>The length in bytes.</summary>
    public int Length { get; }

    /// <summary>Whether kernels may only read it.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The bytes, rounded up to whole words [(Length + 3) / 4 * 4]; empty once freed.</summary>
    public byte[] Data { get; private set; }

    /// <summary>Per word of 4 bytes, the set of its written bytes: bit b for byte b.</summary>
    public byte[] Written { get; private set; }

    /// <summary>Whether the block was freed.</summary>
    public bool Freed { get; private set; }

    /// <summary>The marks of the race check, one per word. They are made at the first use: memory that no kernel touches needs none.</summary>
    public RaceMark[] Marks
    {
        get
        {
            if (_marks.Length == 0)
            {
                _marks = new RaceMark[Written.Length];
            }

            return _marks;
        }
    }

    /// <summary>Drops the contents: from here on the block only serves to explain late accesses.</summary>
    public void Free()
    {
        Freed = true;
        (Data, Written, _marks) = ([], [], []);
    }

    /// <summary>Marks bytes as written. The range lies within the block.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">How many bytes.</param>
    public void MarkWritten(int offset, int length)
    {
        int end = offset + length;
        for (; offset < end && (offset & 3) != 0; offset++)
        {
            Written[offset >> 2] |= (byte)(1 << (offset & 3));
        }

        int words = (end - offset) >> 2;
        if (words > 0)
        {
            Written.AsSpan(offset >> 2, words).Fill(0xf);
            offset += words * 4;
        }

        for (; offset < end; offset++)
        {
            Written[offset >> 2] |= (byte)(1 << (offset & 3));
        }
    }

    /// <summary>The first byte of a range that was never written, or -1. The range lies within the block.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">How many bytes.</param>
    public int FirstUnwritten(int offset, int length)
    {
        int end = offset + length;
        for (; offset < end; offset++)
        {
            if ((offset & 3) == 0)
            {
                int words = (end - offset) >> 2;
                int gap = Written.AsSpan(offset >> 2, words).IndexOfAnyExcept((byte)0xf);
                offset += (gap < 0 ? words : gap) * 4;
                if (offset == end)
                {
                    return -1;
                }
            }

            if ((Written[offset >> 2] & (1 << (offset & 3))) == 0)
            {
                return offset;
            }
        }

        return -1;
    }
}

/// <summary>Shared memory of a block. Bytes outside its variables are barred: they can neither be read nor be written.</summary>
/// <param name="length">The length in bytes, gaps included.</param>
internal sealed class SharedMemory(int length)
{
    /// <summary>The bit in <see cref="GlobalBlock.Written"/> that bars a word, or what of it lies outside a variable.</summary>
    public const byte Barred = 0x80;

    private readonly byte[] _open = new byte[(length + 3) / 4];

    /// <summary>The bytes and their marks.</summary>
    public GlobalBlock Block { get; } = new(0, length);

    /// <summary>Opens the bytes of a variable.</summary>
    /// <param name="offset">Its first byte, a multiple of 4.</param>
    /// <param name="size">Its size in bytes.</param>
    public void Open(int offset, int size) => _open.AsSpan(offset / 4, (size + 3) / 4).Fill(1);

    /// <summary>Makes the memory fresh for the next block.</summary>
    public void Reset()
    {
        Block.Data.AsSpan().Fill(0xff);
        Block.Marks.AsSpan().Clear();
        Span<byte> written = Block.Written;
        for (int word = 0; word < written.Length; word++)
        {
            written[word] = _open[word] != 0 ? (byte)0 : Barred;
        }
    }
}
