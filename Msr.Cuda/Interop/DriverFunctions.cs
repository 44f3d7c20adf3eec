namespace Msr.Cuda.Interop;

/// <summary>
/// The functions of the CUDA driver as cuda.h declares them, each once: a delegate bears the name of the export and its parameters. The bindings load
/// functions by these declarations, and an emulation supplies functions for them. Every function returns a status, 0 for success. Sizes are bytes
/// unless said otherwise; handles are <see cref="nint"/>, device addresses <see cref="ulong"/>; asynchronous functions take the stream last.
/// </summary>
internal static unsafe class DriverFunctions
{
    /// <summary>Starts the driver. Flags are 0.</summary>
    public delegate int cuInit(uint flags);

    /// <summary>The newest CUDA that the driver supports: 1000 × major + 10 × minor.</summary>
    public delegate int cuDriverGetVersion(int* version);

    /// <summary>The number of devices.</summary>
    public delegate int cuDeviceGetCount(int* count);

    /// <summary>The device of an ordinal.</summary>
    public delegate int cuDeviceGet(int* device, int ordinal);

    /// <summary>A device's name, written into so many bytes.</summary>
    public delegate int cuDeviceGetName(byte* name, int room, int device);

    /// <summary>A device's attribute.</summary>
    public delegate int cuDeviceGetAttribute(int* value, int attribute, int device);

    /// <summary>A device's memory.</summary>
    public delegate int cuDeviceTotalMem_v2(nuint* bytes, int device);

    /// <summary>Retains a device's primary context.</summary>
    public delegate int cuDevicePrimaryCtxRetain(nint* context, int device);

    /// <summary>Releases a device's primary context; the last release destroys it.</summary>
    public delegate int cuDevicePrimaryCtxRelease_v2(int device);

    /// <summary>Makes a context current on this thread.</summary>
    public delegate int cuCtxSetCurrent(nint context);

    /// <summary>The context that is current on this thread.</summary>
    public delegate int cuCtxGetCurrent(nint* context);

    /// <summary>Waits for all work on the current context.</summary>
    public delegate int cuCtxSynchronize();

    /// <summary>Free and total memory of the current context's device.</summary>
    public delegate int cuMemGetInfo_v2(nuint* free, nuint* total);

    /// <summary>Allocates device memory.</summary>
    public delegate int cuMemAlloc_v2(ulong* address, nuint bytes);

    /// <summary>Frees device memory.</summary>
    public delegate int cuMemFree_v2(ulong address);

    /// <summary>Allocates pinned host memory.</summary>
    public delegate int cuMemAllocHost_v2(void** address, nuint bytes);

    /// <summary>Frees pinned host memory.</summary>
    public delegate int cuMemFreeHost(void* address);

    /// <summary>Copies from the host to the device.</summary>
    public delegate int cuMemcpyHtoDAsync_v2(ulong destination, void* source, nuint bytes, nint stream);

    /// <summary>Copies from the device to the host.</summary>
    public delegate int cuMemcpyDtoHAsync_v2(void* destination, ulong source, nuint bytes, nint stream);

    /// <summary>Copies on the device.</summary>
    public delegate int cuMemcpyDtoDAsync_v2(ulong destination, ulong source, nuint bytes, nint stream);

    /// <summary>Fills memory with 32-bit words; the count is of words.</summary>
    public delegate int cuMemsetD32Async(ulong destination, uint value, nuint count, nint stream);

    /// <summary>Fills memory with bytes.</summary>
    public delegate int cuMemsetD8Async(ulong destination, byte value, nuint count, nint stream);

    /// <summary>Makes a stream. With flags 1 it does not wait for the default stream.</summary>
    public delegate int cuStreamCreate(nint* stream, uint flags);

    /// <summary>Destroys a stream once its work is done.</summary>
    public delegate int cuStreamDestroy_v2(nint stream);

    /// <summary>Waits for a stream.</summary>
    public delegate int cuStreamSynchronize(nint stream);

    /// <summary>Makes a stream wait for an event. Flags are 0.</summary>
    public delegate int cuStreamWaitEvent(nint stream, nint awaited, uint flags);

    /// <summary>Makes an event. With flags 2 it keeps no time.</summary>
    public delegate int cuEventCreate(nint* created, uint flags);

    /// <summary>Destroys an event.</summary>
    public delegate int cuEventDestroy_v2(nint destroyed);

    /// <summary>Records an event on a stream.</summary>
    public delegate int cuEventRecord(nint recorded, nint stream);

    /// <summary>Waits for an event.</summary>
    public delegate int cuEventSynchronize(nint awaited);

    /// <summary>The time between two events.</summary>
    public delegate int cuEventElapsedTime(float* milliseconds, nint start, nint end);

    /// <summary>Compiles PTX, which a zero byte ends, with so many options and their values.</summary>
    public delegate int cuModuleLoadDataEx(nint* module, void* image, uint count, int* options, void** values);

    /// <summary>Unloads a module.</summary>
    public delegate int cuModuleUnload(nint module);

    /// <summary>Finds a kernel by name.</summary>
    public delegate int cuModuleGetFunction(nint* function, nint module, byte* name);

    /// <summary>A kernel's attribute.</summary>
    public delegate int cuFuncGetAttribute(int* value, int attribute, nint function);

    /// <summary>Launches a kernel with a pointer to each argument.</summary>
    public delegate int cuLaunchKernel(
        nint function,
        uint gridX,
        uint gridY,
        uint gridZ,
        uint blockX,
        uint blockY,
        uint blockZ,
        uint sharedBytes,
        nint stream,
        void** arguments,
        void** extra);

    /// <summary>Begins to capture a stream. Mode 1 forbids unsafe calls on this thread only.</summary>
    public delegate int cuStreamBeginCapture_v2(nint stream, int mode);

    /// <summary>Ends a capture.</summary>
    public delegate int cuStreamEndCapture(nint stream, nint* graph);

    /// <summary>Makes an executable graph.</summary>
    public delegate int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);

    /// <summary>Launches an executable graph.</summary>
    public delegate int cuGraphLaunch(nint executable, nint stream);

    /// <summary>Destroys an executable graph.</summary>
    public delegate int cuGraphExecDestroy(nint executable);

    /// <summary>Destroys a graph.</summary>
    public delegate int cuGraphDestroy(nint graph);

    /// <summary>The name of a status.</summary>
    public delegate int cuGetErrorName(int status, byte** text);

    /// <summary>What a status means.</summary>
    public delegate int cuGetErrorString(int status, byte** text);
}
