using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The driver's functions that copy and fill memory on a stream. Ranges are checked when they are called and again when they run.</summary>
internal sealed unsafe class CopyExports : ExportGroup
{
    private readonly EmulatedDriver _driver;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The driver's library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The state.</param>
    public CopyExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<DriverFunctions.cuMemcpyHtoDAsync_v2>(cuMemcpyHtoDAsync_v2);
        library.Add<DriverFunctions.cuMemcpyDtoHAsync_v2>(cuMemcpyDtoHAsync_v2);
        library.Add<DriverFunctions.cuMemcpyDtoDAsync_v2>(cuMemcpyDtoDAsync_v2);
        library.Add<DriverFunctions.cuMemsetD32Async>(cuMemsetD32Async);
        library.Add<DriverFunctions.cuMemsetD8Async>(cuMemsetD8Async);
    }

    private int cuMemcpyHtoDAsync_v2(ulong destination, void* source, nuint bytes, nint stream) => Run(nameof(cuMemcpyHtoDAsync_v2), () =>
    {
        const string Name = nameof(cuMemcpyHtoDAsync_v2);
        EmulatedStream target = _driver.Stream(stream);
        DeviceAccess access = target.Context.Access;
        if (bytes == 0)
        {
            return;
        }

        access.RequireRange(destination, checked((long)bytes), Name);
        RequireHost(source, (long)bytes, Name);
        _driver.Enqueue(target, Name, () =>
        {
            RequireHost(source, (long)bytes, Name);
            new ReadOnlySpan<byte>(source, checked((int)bytes)).CopyTo(access.Write(destination, (long)bytes, Name));
        });
    });

    private int cuMemcpyDtoHAsync_v2(void* destination, ulong source, nuint bytes, nint stream) => Run(nameof(cuMemcpyDtoHAsync_v2), () =>
    {
        const string Name = nameof(cuMemcpyDtoHAsync_v2);
        EmulatedStream target = _driver.Stream(stream);
        DeviceAccess access = target.Context.Access;
        if (bytes == 0)
        {
            return;
        }

        access.RequireRange(source, checked((long)bytes), Name);
        RequireHost(destination, (long)bytes, Name);
        _driver.Enqueue(target, Name, () =>
        {
            RequireHost(destination, (long)bytes, Name);
            access.Read(source, (long)bytes, Name).CopyTo(new Span<byte>(destination, checked((int)bytes)));
        });
    });

    private int cuMemcpyDtoDAsync_v2(ulong destination, ulong source, nuint bytes, nint stream) => Run(nameof(cuMemcpyDtoDAsync_v2), () =>
    {
        const string Name = nameof(cuMemcpyDtoDAsync_v2);
        EmulatedStream target = _driver.Stream(stream);
        DeviceAccess access = target.Context.Access;
        if (bytes == 0)
        {
            return;
        }

        access.RequireRange(destination, checked((long)bytes), Name);
        access.RequireRange(source, (long)bytes, Name);
        if (destination < source + bytes && source < destination + bytes)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{Name}: the ranges of {bytes} bytes at 0x{source:x} and 0x{destination:x} overlap.");
        }

        _driver.Enqueue(target, Name, () =>
            access.Read(source, (long)bytes, Name).CopyTo(access.Write(destination, (long)bytes, Name)));
    });

    private int cuMemsetD32Async(ulong destination, uint value, nuint count, nint stream) => Run(nameof(cuMemsetD32Async), () =>
    {
        const string Name = nameof(cuMemsetD32Async);
        if (destination % sizeof(uint) != 0)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{Name}: the address 0x{destination:x} is not a multiple of 4.");
        }

        Fill(Name, destination, checked((long)count * sizeof(uint)), stream, bytes => MemoryMarshal.Cast<byte, uint>(bytes).Fill(value));
    });

    private int cuMemsetD8Async(ulong destination, byte value, nuint count, nint stream) => Run(
        nameof(cuMemsetD8Async),
        () => Fill(nameof(cuMemsetD8Async), destination, checked((long)count), stream, bytes => bytes.Fill(value)));

    private void Fill(string name, ulong destination, long bytes, nint stream, SpanAction fill)
    {
        EmulatedStream target = _driver.Stream(stream);
        DeviceAccess access = target.Context.Access;
        if (bytes == 0)
        {
            return;
        }

        access.RequireRange(destination, bytes, name);
        _driver.Enqueue(target, name, () => fill(access.Write(destination, bytes, name)));
    }

    private void RequireHost(void* address, long bytes, string name)
    {
        if (!_driver.Options.AllowPageableCopies)
        {
            _driver.Pinned.Require((nint)address, bytes, name);
        }
        else
        {
            NotNull(address, "host memory", CudaStatus.InvalidValue);
        }
    }

    private delegate void SpanAction(Span<byte> bytes);
}

/// <summary>
/// Device memory as work on a stream sees it: a range outside one live block is an illegal address (700), an odd address is misaligned (716), and
/// memory that was never written is a failed launch (719). All three are sticky, as on a device.
/// </summary>
/// <param name="memory">The memory.</param>
internal sealed class DeviceAccess(GlobalMemory memory)
{
    /// <summary>Bytes that are about to be read.</summary>
    /// <param name="address">The first.</param>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="caller">The reader, for messages.</param>
    /// <param name="alignment">The required alignment of the address in bytes.</param>
    public ReadOnlySpan<byte> Read(ulong address, long bytes, string caller, int alignment = 1)
    {
        Span<byte> found = Locate(address, bytes, caller, alignment);
        try
        {
            memory.RequireWritten(address, bytes, caller);
        }
        catch (EmulationException unwritten)
        {
            throw CallFailedException.Fault(CudaStatus.LaunchFailed, unwritten.Message, unwritten);
        }

        return found;
    }

    /// <summary>Bytes that are about to be written, all of them. They count as written from now on.</summary>
    /// <param name="address">The first.</param>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="caller">The writer, for messages.</param>
    /// <param name="alignment">The required alignment of the address in bytes.</param>
    public Span<byte> Write(ulong address, long bytes, string caller, int alignment = 1)
    {
        Span<byte> found = Locate(address, bytes, caller, alignment);
        memory.MarkWritten(address, bytes);
        return found;
    }

    /// <summary>Allocated bytes, written or not.</summary>
    /// <param name="address">The first.</param>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="caller">The caller, for messages.</param>
    /// <param name="alignment">The required alignment of the address in bytes.</param>
    public Span<byte> Locate(ulong address, long bytes, string caller, int alignment = 1)
    {
        if (address % (ulong)alignment != 0)
        {
            throw CallFailedException.Fault(
                CudaStatus.MisalignedAddress, $"{caller}: the address 0x{address:x} is not a multiple of {alignment}.");
        }

        try
        {
            return memory.Bytes(address, bytes);
        }
        catch (EmulationException outside)
        {
            throw CallFailedException.Fault(CudaStatus.IllegalAddress, $"{caller}: {outside.Message}", outside);
        }
    }

    /// <summary>Refuses, when the driver is called and before any work, a range that is not within one live block: an invalid value (1).</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="caller">The function, for messages.</param>
    public void RequireRange(ulong address, long bytes, string caller)
    {
        try
        {
            memory.Bytes(address, bytes);
        }
        catch (EmulationException outside)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{caller}: {outside.Message}", outside);
        }
    }
}
