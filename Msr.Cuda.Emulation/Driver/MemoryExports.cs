using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The driver's functions that allocate and free device memory and pinned host memory.</summary>
internal sealed unsafe class MemoryExports : ExportGroup
{
    private readonly EmulatedDriver _driver;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The driver's library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The state.</param>
    public MemoryExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<DriverFunctions.cuMemGetInfo_v2>(cuMemGetInfo_v2);
        library.Add<DriverFunctions.cuMemAlloc_v2>(cuMemAlloc_v2);
        library.Add<DriverFunctions.cuMemFree_v2>(cuMemFree_v2);
        library.Add<DriverFunctions.cuMemAllocHost_v2>(cuMemAllocHost_v2);
        library.Add<DriverFunctions.cuMemFreeHost>(cuMemFreeHost);
    }

    private int cuMemGetInfo_v2(nuint* free, nuint* total) => Run(nameof(cuMemGetInfo_v2), () =>
    {
        NotNull(free, "free memory", CudaStatus.InvalidValue);
        NotNull(total, "total memory", CudaStatus.InvalidValue);
        EmulatedDevice device = _driver.Context().Device;
        *total = (nuint)_driver.Options.DeviceMemory;
        *free = (nuint)(_driver.Options.DeviceMemory - device.Memory.LiveBytes);
    });

    private int cuMemAlloc_v2(ulong* address, nuint bytes) => Run(nameof(cuMemAlloc_v2), () =>
    {
        NotNull(address, "address", CudaStatus.InvalidValue);
        EmulatedDevice device = _driver.Context().Device;
        _driver.RefuseDuringCapture(nameof(cuMemAlloc_v2));
        if (bytes == 0)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, "cuMemAlloc_v2: an allocation needs at least 1 byte.");
        }

        long left = _driver.Options.DeviceMemory - device.Memory.LiveBytes;
        if (bytes > (nuint)left)
        {
            throw CallFailedException.Failure(CudaStatus.OutOfMemory, $"cuMemAlloc_v2: {bytes} bytes were requested and {left} are free.");
        }

        *address = device.Memory.Allocate((long)bytes);
    });

    private int cuMemFree_v2(ulong address) => Release(nameof(cuMemFree_v2), () =>
    {
        PrimaryContext context = _driver.ContextForRelease();
        _driver.RefuseDuringCapture(nameof(cuMemFree_v2));
        try
        {
            _driver.DrainAndRelease(context, () => context.Device.Memory.Free(address));
        }
        catch (EmulationException fault)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, fault.Message, fault);
        }

        _driver.ThrowIfSticky();
    });

    private int cuMemAllocHost_v2(void** address, nuint bytes) => Run(nameof(cuMemAllocHost_v2), () =>
    {
        NotNull(address, "address", CudaStatus.InvalidValue);
        _ = _driver.Context();
        _driver.RefuseDuringCapture(nameof(cuMemAllocHost_v2));
        *address = (void*)_driver.Pinned.Allocate(checked((long)bytes));
    });

    private int cuMemFreeHost(void* address) => Release(nameof(cuMemFreeHost), () =>
    {
        PrimaryContext context = _driver.ContextForRelease();
        _driver.RefuseDuringCapture(nameof(cuMemFreeHost));
        _driver.DrainAndRelease(context, () => _driver.Pinned.Free((nint)address));
        _driver.ThrowIfSticky();
    });
}

/// <summary>
/// Pinned host memory. Every block lies between sentinels and begins poisoned. A freed block is poisoned again and quarantined, so that a
/// late write through a stale pointer is detected instead of corrupting memory.
/// </summary>
internal sealed unsafe class PinnedMemory : IDisposable
{
    /// <summary>Bytes of sentinel on either side, which also align the block.</summary>
    private const int Guard = 256;

    private const byte Sentinel = 0xA5;
    private const byte Fresh = 0xCB;
    private const byte Freed = 0xDD;
    private const long MaxQuarantine = 16L << 20;

    private readonly SortedList<nint, long> _live = [];
    private readonly Queue<(nint Address, long Bytes)> _freed = new();
    private long _quarantined;

    /// <summary>The number of live blocks.</summary>
    public int Count => _live.Count;

    /// <summary>Allocates a block, its bytes poisoned.</summary>
    /// <param name="bytes">The number of bytes, at least 1.</param>
    public nint Allocate(long bytes)
    {
        if (bytes < 1)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"cuMemAllocHost_v2: an allocation needs at least 1 byte, not {bytes}.");
        }

        byte* room = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + (2 * Guard)), Guard);
        Surround(room + Guard, bytes);
        NativeMemory.Fill(room + Guard, (nuint)bytes, Fresh);
        _live.Add((nint)(room + Guard), bytes);
        return (nint)(room + Guard);
    }

    /// <summary>Frees a block.</summary>
    /// <param name="address">Its first byte.</param>
    /// <exception cref="CallFailedException">No live block begins there, or the sentinels or a freed block were overwritten.</exception>
    public void Free(nint address)
    {
        if (!_live.Remove(address, out long bytes))
        {
            string why = _freed.Any(block => block.Address == address) ? "was already freed" : "is not the start of a pinned block";
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"The host address 0x{address:x} {why}.");
        }

        string? damage = Damage(address, bytes);
        Surround((byte*)address, bytes);
        NativeMemory.Fill((void*)address, (nuint)bytes, Freed);
        _freed.Enqueue((address, bytes));
        _quarantined += bytes;
        while (_quarantined > MaxQuarantine)
        {
            damage ??= LetGoOfOldest();
        }

        ThrowIfDamaged(damage);
    }

    /// <summary>Refuses host memory that does not lie within one live block.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="caller">The user of the memory, for messages.</param>
    public void Require(nint address, long bytes, string caller)
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
            $"{caller}: the {bytes} bytes of host memory at 0x{address:x} do not lie within one live pinned block: "
            + "allocate asynchronous copies' host memory with cuMemAllocHost_v2.");
    }

    /// <summary>A description of the first overwritten guard; null for none.</summary>
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
        return isWhole ? null : $"The sentinels around the pinned block of {bytes} bytes at 0x{address:x} were overwritten.";
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
