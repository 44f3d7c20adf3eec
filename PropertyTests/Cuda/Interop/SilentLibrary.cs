using System.Runtime.InteropServices;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>
/// A driver and a cuBLAS that do nothing and succeed: functions without a delegate or an object, so that whatever a thread allocates was
/// allocated by the code that called them. Pinned memory is real, as the host writes to it.
/// </summary>
internal sealed unsafe class SilentLibrary : INativeLibrary
{
    private const nuint PinnedAlignment = 4096;

    private static readonly Dictionary<string, nint> s_exports = new()
    {
        ["cuDriverGetVersion"] = (nint)(delegate* unmanaged<int*, int>)&Version,
        ["cuDeviceGetCount"] = (nint)(delegate* unmanaged<int*, int>)&Count,
        ["cuDeviceGet"] = (nint)(delegate* unmanaged<int*, int>)&Count,
        ["cublasGetVersion_v2"] = (nint)(delegate* unmanaged<nint, int*, int>)&VersionOf,
        ["cuDeviceGetAttribute"] = (nint)(delegate* unmanaged<int*, int>)&Version,
        ["cuDeviceTotalMem_v2"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
        ["cuDevicePrimaryCtxRetain"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
        ["cuMemAlloc_v2"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
        ["cuMemAllocHost_v2"] = (nint)(delegate* unmanaged<void**, nuint, int>)&Pin,
        ["cuMemFreeHost"] = (nint)(delegate* unmanaged<void*, int>)&Unpin,
        ["cuStreamCreate"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
        ["cuEventCreate"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
        ["cuEventSynchronize"] = (nint)(delegate* unmanaged<int>)&Wait,
        ["cuModuleLoadDataEx"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
        ["cuModuleGetFunction"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
        ["cuStreamEndCapture"] = (nint)(delegate* unmanaged<nint, nint*, int>)&GiveTo,
        ["cuGraphInstantiateWithFlags"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
        ["cuGraphLaunch"] = (nint)(delegate* unmanaged<int>)&Launch,
        ["cuLaunchKernel"] = (nint)(delegate* unmanaged<int>)&LaunchKernel,
        ["cublasCreate_v2"] = (nint)(delegate* unmanaged<nint*, int>)&Give,
    };

    [ThreadStatic]
    private static int t_launches;

    [ThreadStatic]
    private static int t_kernels;

    [ThreadStatic]
    private static int t_waits;

    /// <summary>How many graphs this thread launched.</summary>
    public static int Launches => t_launches;

    /// <summary>How many kernels this thread launched or recorded.</summary>
    public static int Kernels => t_kernels;

    /// <summary>How many events this thread waited for.</summary>
    public static int Waits => t_waits;

    public string Name => "libsilent.so";

    public bool TryGetExport(string export, out nint address)
    {
        if (!s_exports.TryGetValue(export, out address))
        {
            address = (nint)(delegate* unmanaged<int>)&Succeed;
        }

        return true;
    }

    public void Dispose()
    {
    }

    [UnmanagedCallersOnly]
    private static int Succeed() => 0;

    /// <summary>12.4, and as an attribute of the device large enough for everything.</summary>
    [UnmanagedCallersOnly]
    private static int Version(int* result)
    {
        *result = 12040;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int VersionOf(nint handle, int* result)
    {
        *result = 120600;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Count(int* result)
    {
        *result = 1;
        return 0;
    }

    /// <summary>A handle, or the address of device memory, which nobody reads.</summary>
    [UnmanagedCallersOnly]
    private static int Give(nint* result)
    {
        *result = 1 << 20;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GiveTo(nint stream, nint* result)
    {
        *result = 1;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Pin(void** result, nuint bytes)
    {
        *result = NativeMemory.AlignedAlloc(bytes, PinnedAlignment);
        NativeMemory.Clear(*result, bytes);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Unpin(void* memory)
    {
        NativeMemory.AlignedFree(memory);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Launch()
    {
        t_launches++;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int LaunchKernel()
    {
        t_kernels++;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Wait()
    {
        t_waits++;
        return 0;
    }
}
