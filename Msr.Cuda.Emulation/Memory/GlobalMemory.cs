using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Memory;

/// <summary>
/// The emulated memory of a device. Addresses are invented, never reused, and separated by unallocated gaps, so that an access
/// beyond a block or after its end is found and named. Not safe for several threads at once.
/// </summary>
internal sealed class GlobalMemory
{
    /// <summary>The lowest address that is ever handed out.</summary>
    public const ulong FirstAddress = 0x7f00_0000_0000;

    private const ulong Alignment = 256;
    private const ulong Gap = 65536;

    // Sorted by address, since addresses only grow. Freed blocks stay, without their bytes, to be named in messages.
    private readonly List<GlobalBlock> _blocks = [];
    private ulong _next = FirstAddress;
    private uint _interval;

    /// <summary>The number of blocks that are allocated and not freed.</summary>
    public int LiveBlocks { get; private set; }

    /// <summary>The bytes that these blocks hold.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Allocates a block of poisoned bytes.</summary>
    /// <param name="bytes">The length, from 1 to 2^31 - 64.</param>
    /// <returns>The device address, a multiple of 256.</returns>
    /// <exception cref="EmulationException">The length is out of range.</exception>
    public ulong Allocate(long bytes)
    {
        if (bytes is <= 0 or > int.MaxValue - 63)
        {
            throw new EmulationException($"Emulated memory: a block holds 1 to {int.MaxValue - 63} bytes, not {bytes}.");
        }

        GlobalBlock block = new(_next, (int)bytes);
        _blocks.Add(block);
        _next += (((ulong)bytes + Alignment - 1) / Alignment * Alignment) + Gap;
        LiveBlocks++;
        LiveBytes += bytes;
        return block.Address;
    }

    /// <summary>Frees a block.</summary>
    /// <param name="address">The start of a live block.</param>
    /// <exception cref="EmulationException">No live block starts there.</exception>
    public void Free(ulong address)
    {
        if (At(address) is not { } block)
        {
            throw new EmulationException($"Free of 0x{address:x}: {Describe(address)}");
        }

        if (block.Freed || block.Address != address)
        {
            string why = block.Freed ? "was already freed" : "must be freed by its first address";
            throw new EmulationException($"Free of 0x{address:x}: {Name(block)} {why}.");
        }

        block.Free();
        LiveBlocks--;
        LiveBytes -= block.Length;
    }

    /// <summary>The bytes of a range. Writing through the span does not mark them as written; see <see cref="MarkWritten"/>.</summary>
    /// <param name="address">The device address of the first byte.</param>
    /// <param name="length">How many bytes; 0 is allowed inside a block or at its end.</param>
    /// <exception cref="EmulationException">The range does not lie within one live block.</exception>
    public Span<byte> Bytes(ulong address, long length)
    {
        GlobalBlock block = Within(address, length);
        return block.Data.AsSpan((int)(address - block.Address), (int)length);
    }

    /// <summary>Marks a range as written, and so as fit to be read.</summary>
    /// <param name="address">The device address of the first byte.</param>
    /// <param name="length">How many bytes.</param>
    /// <exception cref="EmulationException">The range does not lie within one live block.</exception>
    public void MarkWritten(ulong address, long length)
    {
        GlobalBlock block = Within(address, length);
        block.MarkWritten((int)(address - block.Address), (int)length);
    }

    /// <summary>Refuses a range of which a byte was never written.</summary>
    /// <param name="address">The device address of the first byte.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="caller">The reader, for messages: an API call or a kernel.</param>
    /// <exception cref="EmulationException">A byte was never written, or the range does not lie within one live block.</exception>
    public void RequireWritten(ulong address, long length, string caller)
    {
        GlobalBlock block = Within(address, length, caller);
        int gap = block.FirstUnwritten((int)(address - block.Address), (int)length);
        if (gap >= 0)
        {
            throw new EmulationException(
                $"{caller}: byte {gap} of {Name(block)} is read (range 0x{address:x} + {length}) but was never written; initialize it first.");
        }
    }

    /// <summary>The live block that holds an address, or null.</summary>
    /// <param name="address">A device address.</param>
    public GlobalBlock? Find(ulong address) => At(address) is { Freed: false } block ? block : null;

    /// <summary>Begins a new interval of the race check.</summary>
    /// <returns>A number larger than all earlier ones, from 1.</returns>
    /// <exception cref="EmulationException">2^32 intervals have passed.</exception>
    public uint NextInterval() => ++_interval != 0
        ? _interval
        : throw new EmulationException("Emulated memory: 2^32 barrier intervals have passed; start a new emulated device.");

    /// <summary>Says where an address lies that no live block holds.</summary>
    /// <param name="address">A device address.</param>
    /// <returns>A sentence for a message.</returns>
    public string Describe(ulong address)
    {
        int before = IndexAt(address);
        if (before >= 0)
        {
            GlobalBlock block = _blocks[before];
            ulong offset = address - block.Address;
            if (block.Freed && offset < (ulong)block.Length)
            {
                return $"it lies at byte {offset} of {Name(block)}, which was freed.";
            }

            // Past the middle of the gap, the next block is the nearer one.
            if (offset >= (ulong)block.Length && (before + 1 == _blocks.Count || address - block.Address < _blocks[before + 1].Address - address))
            {
                return $"it lies {offset - (ulong)block.Length + 1} bytes past the last byte of {Name(block)}.";
            }
        }

        return before + 1 < _blocks.Count
            ? $"it lies {_blocks[before + 1].Address - address} bytes before {Name(_blocks[before + 1])}."
            : "it lies in no block; nothing is allocated.";
    }

    private static string Name(GlobalBlock block) => $"the block 0x{block.Address:x} of {block.Length} bytes";

    private GlobalBlock Within(ulong address, long length, string caller = "Emulated memory")
    {
        if (At(address, endIncluded: length == 0) is not { Freed: false } block)
        {
            throw new EmulationException($"{caller}: 0x{address:x} is not a valid address: {Describe(address)}");
        }

        ulong room = (ulong)block.Length - (address - block.Address);
        if (length < 0 || (ulong)length > room)
        {
            throw new EmulationException(length < 0
                ? $"{caller}: the range at 0x{address:x} has {length} bytes; a length is at least 0."
                : $"{caller}: the range 0x{address:x} + {length} overruns {Name(block)} by {(ulong)length - room} bytes.");
        }

        return block;
    }

    private GlobalBlock? At(ulong address, bool endIncluded = false)
    {
        int index = IndexAt(address);
        ulong reach = endIncluded ? 1UL : 0;
        return index >= 0 && address - _blocks[index].Address < (ulong)_blocks[index].Length + reach ? _blocks[index] : null;
    }

    // The last block that starts at or before the address, or -1.
    private int IndexAt(ulong address)
    {
        int low = 0;
        int high = _blocks.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _blocks[middle].Address <= address ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}
