using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Msr.Cuda.Interop.DriverFunctions;

namespace Msr.Cuda.Interop;

/// <summary>
/// The functions of the CUDA driver that the backend calls, under the names it exports, so that a message names what failed. Every call goes
/// through <see cref="Check"/>.
/// </summary>
/// <param name="library">The driver or its emulation. It must outlive the table.</param>
/// <exception cref="CudaException">A function is missing; the message names it.</exception>
internal sealed unsafe class DriverApi(INativeLibrary library)
{
    private const string Release = "a driver for CUDA 12";

    public readonly cuInit cuInit = library.Required<cuInit>(Release);
    public readonly cuDriverGetVersion cuDriverGetVersion = library.Required<cuDriverGetVersion>(Release);
    public readonly cuDeviceGetCount cuDeviceGetCount = library.Required<cuDeviceGetCount>(Release);
    public readonly cuDeviceGet cuDeviceGet = library.Required<cuDeviceGet>(Release);
    public readonly cuDeviceGetName cuDeviceGetName = library.Required<cuDeviceGetName>(Release);
    public readonly cuDeviceGetAttribute cuDeviceGetAttribute = library.Required<cuDeviceGetAttribute>(Release);
    public readonly cuDeviceTotalMem_v2 cuDeviceTotalMem_v2 = library.Required<cuDeviceTotalMem_v2>(Release);
    public readonly cuDevicePrimaryCtxRetain cuDevicePrimaryCtxRetain = library.Required<cuDevicePrimaryCtxRetain>(Release);
    public readonly cuDevicePrimaryCtxRelease_v2 cuDevicePrimaryCtxRelease_v2 = library.Required<cuDevicePrimaryCtxRelease_v2>(Release);
    public readonly cuCtxSetCurrent cuCtxSetCurrent = library.Required<cuCtxSetCurrent>(Release);
    public readonly cuCtxGetCurrent cuCtxGetCurrent = library.Required<cuCtxGetCurrent>(Release);
    public readonly cuCtxSynchronize cuCtxSynchronize = library.Required<cuCtxSynchronize>(Release);
    public readonly cuMemGetInfo_v2 cuMemGetInfo_v2 = library.Required<cuMemGetInfo_v2>(Release);
    public readonly cuMemAlloc_v2 cuMemAlloc_v2 = library.Required<cuMemAlloc_v2>(Release);
    public readonly cuMemFree_v2 cuMemFree_v2 = library.Required<cuMemFree_v2>(Release);
    public readonly cuMemAllocHost_v2 cuMemAllocHost_v2 = library.Required<cuMemAllocHost_v2>(Release);
    public readonly cuMemFreeHost cuMemFreeHost = library.Required<cuMemFreeHost>(Release);
    public readonly cuMemcpyHtoDAsync_v2 cuMemcpyHtoDAsync_v2 = library.Required<cuMemcpyHtoDAsync_v2>(Release);
    public readonly cuMemcpyDtoHAsync_v2 cuMemcpyDtoHAsync_v2 = library.Required<cuMemcpyDtoHAsync_v2>(Release);
    public readonly cuStreamCreate cuStreamCreate = library.Required<cuStreamCreate>(Release);
    public readonly cuStreamDestroy_v2 cuStreamDestroy_v2 = library.Required<cuStreamDestroy_v2>(Release);
    public readonly cuStreamSynchronize cuStreamSynchronize = library.Required<cuStreamSynchronize>(Release);
    public readonly cuEventCreate cuEventCreate = library.Required<cuEventCreate>(Release);
    public readonly cuEventDestroy_v2 cuEventDestroy_v2 = library.Required<cuEventDestroy_v2>(Release);
    public readonly cuEventRecord cuEventRecord = library.Required<cuEventRecord>(Release);
    public readonly cuEventSynchronize cuEventSynchronize = library.Required<cuEventSynchronize>(Release);
    public readonly cuModuleLoadDataEx cuModuleLoadDataEx = library.Required<cuModuleLoadDataEx>(Release);
    public readonly cuModuleUnload cuModuleUnload = library.Required<cuModuleUnload>(Release);
    public readonly cuModuleGetFunction cuModuleGetFunction = library.Required<cuModuleGetFunction>(Release);
    public readonly cuLaunchKernel cuLaunchKernel = library.Required<cuLaunchKernel>(Release);
    public readonly cuStreamBeginCapture_v2 cuStreamBeginCapture_v2 = library.Required<cuStreamBeginCapture_v2>(Release);
    public readonly cuStreamEndCapture cuStreamEndCapture = library.Required<cuStreamEndCapture>(Release);
    public readonly cuGraphInstantiateWithFlags cuGraphInstantiateWithFlags = library.Required<cuGraphInstantiateWithFlags>(Release);
    public readonly cuGraphLaunch cuGraphLaunch = library.Required<cuGraphLaunch>(Release);
    public readonly cuGraphExecDestroy cuGraphExecDestroy = library.Required<cuGraphExecDestroy>(Release);
    public readonly cuGraphDestroy cuGraphDestroy = library.Required<cuGraphDestroy>(Release);

    private readonly cuGetErrorName _errorName = library.Required<cuGetErrorName>(Release);

    private readonly cuGetErrorString _errorString = library.Required<cuGetErrorString>(Release);

    /// <summary>The library. It is held so that an emulation's functions outlive their callers.</summary>
    public INativeLibrary Library { get; } = library;

    /// <summary>Throws unless a call succeeded.</summary>
    /// <param name="status">The call.</param>
    /// <param name="call">Its text, from the compiler.</param>
    /// <exception cref="CudaException">It failed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Check(int status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != 0)
        {
            Throw(status, CallName.Of(call));
        }
    }

    /// <summary>The exception for a failed call: the call, its status and the advice.</summary>
    /// <param name="status">The status, not 0.</param>
    /// <param name="call">The function's name.</param>
    /// <param name="subject">The subject of the call, such as "of 64 bytes"; null for none.</param>
    /// <param name="more">Further details, such as the compiler's log; null for none.</param>
    public CudaException Failure(int status, string call, string? subject = null, string? more = null)
    {
        byte* named = null, meant = null;
        string name = Text(_errorName(status, &named), named) ?? "an unknown error";
        string about = Text(_errorString(status, &meant), meant) is { } text ? $" ({status}), {text}" : $" ({status})";
        string advice = DriverAdvice.For(status) is { } known ? $": {known}" : "";
        string tail = more is null ? "." : $". {more}";
        string what = subject is null ? call : $"{call} {subject}";
        return new CudaException($"{what} failed with {name}{about}{advice}{tail}", call, status, name);
    }

    private static string? Text(int status, byte* text) => status == 0 ? Marshal.PtrToStringUTF8((nint)text) : null;

    [DoesNotReturn]
    private void Throw(int status, string call) => throw Failure(status, call);
}

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

    /// <summary>The meaning of a status.</summary>
    public delegate int cuGetErrorString(int status, byte** text);
}
