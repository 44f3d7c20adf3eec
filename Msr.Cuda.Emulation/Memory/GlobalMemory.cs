namespace Msr.Cuda.Emulation.Memory;

/// <summary>
/// The memory of an emulated device. Addresses are made up: nothing lies at them, and there are gaps between blocks, so that whatever strays is
/// noticed. Fresh memory is poisoned and counts as never written. One thread at a time.
/// </summary>
internal sealed class GlobalMemory
{
    private const ulong Base = 0x7F00_0000_0000;
    private const ulong Alignment = 256;
    private const ulong Gap = 4096;

    private readonly SortedList<ulong, MemoryBlock> _blocks = [];
    private readonly SortedList<ulong, long> _freed = [];
    private ulong _next = Base;

    /// <summary>The number of blocks that were not freed.</summary>
    public int LiveBlocks => _blocks.Count;

    /// <summary>Their bytes.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The time of accesses.</summary>
    public AccessClock Clock { get; } = new();

    /// <summary>Allocates a block.</summary>
    /// <param name="bytes">Its length, above 0.</param>
    /// <returns>Its address.</returns>
    public ulong Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        MemoryBlock block = new(_next, checked((int)bytes));
        _next += (((ulong)bytes + Alignment - 1) / Alignment * Alignment) + Gap;
        _blocks.Add(block.Address, block);
        LiveBytes += bytes;
        return block.Address;
    }

    /// <summary>Frees a block.</summary>
    /// <param name="address">Its address.</param>
    /// <exception cref="EmulationException">There is no such block, or it was freed before.</exception>
    public void Free(ulong address)
    {
        if (!_blocks.Remove(address, out MemoryBlock? block))
        {
            throw new EmulationException(_freed.ContainsKey(address)
                ? $"memory at 0x{address:x} is freed twice"
                : $"0x{address:x} is freed, but no block begins there");
        }

        LiveBytes -= block.Length;
        _freed[address] = block.Length;
    }

    /// <summary>The block that some bytes lie in.</summary>
    /// <param name="address">The address of the first.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="EmulationException">They do not lie within one live block.</exception>
    public MemoryBlock Find(ulong address, long length)
    {
        int index = Before(_blocks.Keys, address);
        return index >= 0 && _blocks.GetValueAtIndex(index).Holds(address, length)
            ? _blocks.GetValueAtIndex(index)
            : throw new EmulationException(Complain(address, length, index));
    }

    /// <summary>Some bytes.</summary>
    /// <param name="address">The address of the first.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="EmulationException">They do not lie within one live block.</exception>
    public Span<byte> Bytes(ulong address, long length)
    {
        MemoryBlock block = Find(address, length);
        return block.Bytes.Slice((int)(address - block.Address), (int)length);
    }

    /// <summary>Notes that some bytes were written from outside of any kernel.</summary>
    /// <param name="address">The address of the first.</param>
    /// <param name="length">How many.</param>
    public void MarkWritten(ulong address, long length)
    {
        foreach (ref ShadowWord word in Words(address, length))
        {
            word.WriteFromOutside();
        }
    }

    /// <summary>Refuses to read what nobody has written.</summary>
    /// <param name="address">The address of the first byte.</param>
    /// <param name="length">How many.</param>
    /// <param name="who">Who wants to read, for the message.</param>
    /// <exception cref="EmulationException">A word was never written.</exception>
    public void RequireWritten(ulong address, long length, string who)
    {
        Span<ShadowWord> words = Words(address, length);
        for (int i = 0; i < words.Length; i++)
        {
            if (!words[i].IsWritten)
            {
                throw new EmulationException($"{who} reads word {i} of {words.Length} at 0x{address:x}, which was never written");
            }
        }
    }

    private Span<ShadowWord> Words(ulong address, long length)
    {
        MemoryBlock block = Find(address, length);
        long first = (long)(address - block.Address) / 4, end = ((long)(address - block.Address) + length + 3) / 4;
        return block.Words[(int)first..(int)end];
    }

    private string Complain(ulong address, long length, int before)
    {
        string where = $"0x{address:x}, {length} bytes";
        int freed = Before(_freed.Keys, address);
        if (before >= 0 && _blocks.GetValueAtIndex(before) is { } block && address - block.Address < (ulong)block.Length + Gap)
        {
            long end = (long)(address - block.Address) + length - block.Length;
            return $"{where}, end {end} bytes behind the block of {block.Length} bytes at 0x{block.Address:x}";
        }

        return freed >= 0 && address - _freed.GetKeyAtIndex(freed) < (ulong)_freed.GetValueAtIndex(freed)
            ? $"{where}, lie in memory that was freed"
            : $"{where}, lie in no block";
    }

    /// <summary>The index of the last key that is not above an address; −1 if there is none.</summary>
    private static int Before(IList<ulong> keys, ulong address)
    {
        int low = 0, high = keys.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = keys[middle] <= address ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}
