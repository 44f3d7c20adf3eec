using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>
/// Pinned host memory. Every block lies between sentinels and begins poisoned. A block that was freed is poisoned again and kept for a while, so that
/// a late write through a stale pointer shows instead of destroying something.
/// </summary>
internal sealed unsafe class PinnedMemory : IDisposable
{
    /// <summary>Bytes of sentinel on either side, which also align the block.</summary>
    private const int Guard = 256;

    private const byte Sentinel = 0xA5;
    private const byte Fresh = 0xCB;
    private const byte Freed = 0xDD;
    private const long LargestQuarantine = 16L << 20;

    private readonly SortedList<nint, long> _live = [];
    private readonly Queue<(nint Address, long Bytes)> _freed = new();
    private long _quarantined;

    /// <summary>How many blocks are alive.</summary>
    public int Count => _live.Count;

    /// <summary>Allocates a block, its bytes poisoned.</summary>
    /// <param name="bytes">How many, at least 1.</param>
    public nint Allocate(long bytes)
    {
        if (bytes < 1)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"Pinned memory of {bytes} bytes was asked for; ask for at least 1.");
        }

        byte* room = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + (2 * Guard)), Guard);
        Surround(room + Guard, bytes);
        NativeMemory.Fill(room + Guard, (nuint)bytes, Fresh);
        _live.Add((nint)(room + Guard), bytes);
        return (nint)(room + Guard);
    }

    /// <summary>Frees a block.</summary>
    /// <param name="address">Its first byte.</param>
    /// <exception cref="CallFailedException">No block that lives begins there, or somebody wrote round it or into one freed before.</exception>
    public void Free(nint address)
    {
        if (!_live.Remove(address, out long bytes))
        {
            string why = _freed.Any(block => block.Address == address) ? "was freed before" : "is not the start of a pinned block";
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"The host address 0x{address:x} {why}.");
        }

        string? damage = Damage(address, bytes);
        Surround((byte*)address, bytes);
        NativeMemory.Fill((void*)address, (nuint)bytes, Freed);
        _freed.Enqueue((address, bytes));
        _quarantined += bytes;
        while (_quarantined > LargestQuarantine)
        {
            damage ??= LetGoOfOldest();
        }

        ThrowIfDamaged(damage);
    }

    /// <summary>Refuses host memory that does not lie within one live block.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="who">Who uses it, for messages.</param>
    public void Require(nint address, long bytes, string who)
    {
        foreach ((nint start, long length) in _live)
        {
            if (address >= start && address - start <= length - bytes)
            {
                ThrowIfDamaged(Damage(start, length));
                return;
            }
        }

        throw CallFailedException.Fault(
            CudaStatus.InvalidValue,
            $"{who}: the {bytes} bytes of host memory at 0x{address:x} do not lie within one live pinned block, "
            + "so the copy would not be asynchronous or would reach outside.");
    }

    /// <summary>What somebody wrote where nobody may; null for nothing.</summary>
    public string? FindDamage()
    {
        string? damage = _live.Select(block => Damage(block.Key, block.Value)).FirstOrDefault(found => found is not null);
        return damage ?? _freed.Select(block => LateWrite(block.Address, block.Bytes)).FirstOrDefault(found => found is not null);
    }

    /// <summary>Frees everything, live or not.</summary>
    public void Dispose()
    {
        foreach (nint address in _live.Keys.Concat(_freed.Select(block => block.Address)))
        {
            NativeMemory.AlignedFree((byte*)address - Guard);
        }

        _live.Clear();
        _freed.Clear();
    }

    private static void Surround(byte* block, long bytes)
    {
        NativeMemory.Fill(block - Guard, Guard, Sentinel);
        NativeMemory.Fill(block + bytes, Guard, Sentinel);
    }

    private static string? Damage(nint address, long bytes)
    {
        bool isWhole = IsFilled((byte*)address - Guard, Guard, Sentinel) && IsFilled((byte*)address + bytes, Guard, Sentinel);
        return isWhole ? null : $"The sentinels round the pinned block of {bytes} bytes at 0x{address:x} were written to.";
    }

    private static string? LateWrite(nint address, long bytes) => IsFilled((byte*)address, bytes, Freed)
        ? Damage(address, bytes)
        : $"The pinned block of {bytes} bytes at 0x{address:x} was written to after it was freed.";

    private static bool IsFilled(byte* start, long bytes, byte value)
    {
        for (long done = 0; done < bytes; done += int.MaxValue)
        {
            if (new ReadOnlySpan<byte>(start + done, (int)Math.Min(int.MaxValue, bytes - done)).ContainsAnyExcept(value))
            {
                return false;
            }
        }

        return true;
    }

    private static void ThrowIfDamaged(string? damage)
    {
        if (damage is not null)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, damage);
        }
    }

    private string? LetGoOfOldest()
    {
        (nint address, long bytes) = _freed.Dequeue();
        _quarantined -= bytes;
        string? damage = LateWrite(address, bytes);
        NativeMemory.AlignedFree((byte*)address - Guard);
        return damage;
    }
}
