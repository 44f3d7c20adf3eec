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
            throw CallFailedException.Fault(CudaStatus.InvalidValue, "Device memory of 0 bytes was asked for; ask for at least 1.");
        }

        long left = _driver.Options.DeviceMemory - device.Memory.LiveBytes;
        if (bytes > (nuint)left)
        {
            throw CallFailedException.Failure(CudaStatus.OutOfMemory, $"{bytes} bytes were asked for and {left} are left.");
        }

        *address = device.Memory.Allocate((long)bytes);
    });

    private int cuMemFree_v2(ulong address) => Release(nameof(cuMemFree_v2), () =>
    {
        EmulatedDevice device = _driver.ContextForRelease().Device;
        _driver.RefuseDuringCapture(nameof(cuMemFree_v2));
        try
        {
            device.Memory.Free(address);
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
        _ = _driver.ContextForRelease();
        _driver.RefuseDuringCapture(nameof(cuMemFreeHost));
        _driver.Pinned.Free((nint)address);
        _driver.ThrowIfSticky();
    });
}
