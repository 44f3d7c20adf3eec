using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Msr.Cuda.Interop;

/// <summary>
/// The functions of the CUDA driver, under the names it exports, so that a message names what failed. Every call goes through
/// <see cref="Check"/>. Sizes are bytes unless said otherwise; handles are opaque; asynchronous functions take the stream last.
/// </summary>
/// <param name="library">The driver or its emulation. It must outlive the table.</param>
/// <exception cref="CudaException">A function is missing; the message names it.</exception>
internal sealed unsafe class DriverApi(INativeLibrary library)
{
    /// <summary>Starts the driver (flags 0).</summary>
    public readonly delegate* unmanaged<uint, int> cuInit = (delegate* unmanaged<uint, int>)Find(library, nameof(cuInit));

    /// <summary>The newest CUDA that the driver supports: 1000 × major + 10 × minor.</summary>
    public readonly delegate* unmanaged<int*, int> cuDriverGetVersion =
        (delegate* unmanaged<int*, int>)Find(library, nameof(cuDriverGetVersion));

    /// <summary>The number of devices.</summary>
    public readonly delegate* unmanaged<int*, int> cuDeviceGetCount =
        (delegate* unmanaged<int*, int>)Find(library, nameof(cuDeviceGetCount));

    /// <summary>The device of an ordinal.</summary>
    public readonly delegate* unmanaged<int*, int, int> cuDeviceGet =
        (delegate* unmanaged<int*, int, int>)Find(library, nameof(cuDeviceGet));

    /// <summary>A device's name: text, its room, device.</summary>
    public readonly delegate* unmanaged<byte*, int, int, int> cuDeviceGetName =
        (delegate* unmanaged<byte*, int, int, int>)Find(library, nameof(cuDeviceGetName));

    /// <summary>A device's attribute: value, attribute, device.</summary>
    public readonly delegate* unmanaged<int*, int, int, int> cuDeviceGetAttribute =
        (delegate* unmanaged<int*, int, int, int>)Find(library, nameof(cuDeviceGetAttribute));

    /// <summary>A device's memory.</summary>
    public readonly delegate* unmanaged<nuint*, int, int> cuDeviceTotalMem_v2 =
        (delegate* unmanaged<nuint*, int, int>)Find(library, nameof(cuDeviceTotalMem_v2));

    /// <summary>Takes part in a device's primary context.</summary>
    public readonly delegate* unmanaged<nint*, int, int> cuDevicePrimaryCtxRetain =
        (delegate* unmanaged<nint*, int, int>)Find(library, nameof(cuDevicePrimaryCtxRetain));

    /// <summary>Takes part no more; the last one out destroys it.</summary>
    public readonly delegate* unmanaged<int, int> cuDevicePrimaryCtxRelease_v2 =
        (delegate* unmanaged<int, int>)Find(library, nameof(cuDevicePrimaryCtxRelease_v2));

    /// <summary>Makes a context this thread's.</summary>
    public readonly delegate* unmanaged<nint, int> cuCtxSetCurrent = (delegate* unmanaged<nint, int>)Find(library, nameof(cuCtxSetCurrent));

    /// <summary>This thread's context.</summary>
    public readonly delegate* unmanaged<nint*, int> cuCtxGetCurrent =
        (delegate* unmanaged<nint*, int>)Find(library, nameof(cuCtxGetCurrent));

    /// <summary>Waits for everything on the context.</summary>
    public readonly delegate* unmanaged<int> cuCtxSynchronize = (delegate* unmanaged<int>)Find(library, nameof(cuCtxSynchronize));

    /// <summary>Free and total memory of the current context's device.</summary>
    public readonly delegate* unmanaged<nuint*, nuint*, int> cuMemGetInfo_v2 =
        (delegate* unmanaged<nuint*, nuint*, int>)Find(library, nameof(cuMemGetInfo_v2));

    /// <summary>Allocates device memory.</summary>
    public readonly delegate* unmanaged<ulong*, nuint, int> cuMemAlloc_v2 =
        (delegate* unmanaged<ulong*, nuint, int>)Find(library, nameof(cuMemAlloc_v2));

    /// <summary>Frees device memory.</summary>
    public readonly delegate* unmanaged<ulong, int> cuMemFree_v2 = (delegate* unmanaged<ulong, int>)Find(library, nameof(cuMemFree_v2));

    /// <summary>Allocates pinned host memory.</summary>
    public readonly delegate* unmanaged<void**, nuint, int> cuMemAllocHost_v2 =
        (delegate* unmanaged<void**, nuint, int>)Find(library, nameof(cuMemAllocHost_v2));

    /// <summary>Frees pinned host memory.</summary>
    public readonly delegate* unmanaged<void*, int> cuMemFreeHost = (delegate* unmanaged<void*, int>)Find(library, nameof(cuMemFreeHost));

    /// <summary>Copies to the device: destination, source, bytes, stream.</summary>
    public readonly delegate* unmanaged<ulong, void*, nuint, nint, int> cuMemcpyHtoDAsync_v2 =
        (delegate* unmanaged<ulong, void*, nuint, nint, int>)Find(library, nameof(cuMemcpyHtoDAsync_v2));

    /// <summary>Copies to the host: destination, source, bytes, stream.</summary>
    public readonly delegate* unmanaged<void*, ulong, nuint, nint, int> cuMemcpyDtoHAsync_v2 =
        (delegate* unmanaged<void*, ulong, nuint, nint, int>)Find(library, nameof(cuMemcpyDtoHAsync_v2));

    /// <summary>Makes a stream: stream, flags (1 does not wait for the default stream).</summary>
    public readonly delegate* unmanaged<nint*, uint, int> cuStreamCreate =
        (delegate* unmanaged<nint*, uint, int>)Find(library, nameof(cuStreamCreate));

    /// <summary>Destroys a stream once its work is done.</summary>
    public readonly delegate* unmanaged<nint, int> cuStreamDestroy_v2 =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cuStreamDestroy_v2));

    /// <summary>Waits for a stream.</summary>
    public readonly delegate* unmanaged<nint, int> cuStreamSynchronize =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cuStreamSynchronize));

    /// <summary>Makes an event: event, flags (2 for no timing).</summary>
    public readonly delegate* unmanaged<nint*, uint, int> cuEventCreate =
        (delegate* unmanaged<nint*, uint, int>)Find(library, nameof(cuEventCreate));

    /// <summary>Destroys an event.</summary>
    public readonly delegate* unmanaged<nint, int> cuEventDestroy_v2 =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cuEventDestroy_v2));

    /// <summary>Records an event: event, stream.</summary>
    public readonly delegate* unmanaged<nint, nint, int> cuEventRecord =
        (delegate* unmanaged<nint, nint, int>)Find(library, nameof(cuEventRecord));

    /// <summary>Waits for an event.</summary>
    public readonly delegate* unmanaged<nint, int> cuEventSynchronize =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cuEventSynchronize));

    /// <summary>Compiles PTX: module, text, number of options, options, their values.</summary>
    public readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> cuModuleLoadDataEx =
        (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)Find(library, nameof(cuModuleLoadDataEx));

    /// <summary>Unloads a module.</summary>
    public readonly delegate* unmanaged<nint, int> cuModuleUnload = (delegate* unmanaged<nint, int>)Find(library, nameof(cuModuleUnload));

    /// <summary>Finds a kernel: function, module, name.</summary>
    public readonly delegate* unmanaged<nint*, nint, byte*, int> cuModuleGetFunction =
        (delegate* unmanaged<nint*, nint, byte*, int>)Find(library, nameof(cuModuleGetFunction));

    /// <summary>Launches: function, grid x y z, block x y z, dynamic shared bytes, stream, a pointer to each argument, extra.</summary>
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> cuLaunchKernel =
        (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Find(library, nameof(cuLaunchKernel));

    /// <summary>Begins to record a stream: stream, mode (1 forbids unsafe calls on this thread only).</summary>
    public readonly delegate* unmanaged<nint, int, int> cuStreamBeginCapture_v2 =
        (delegate* unmanaged<nint, int, int>)Find(library, nameof(cuStreamBeginCapture_v2));

    /// <summary>Ends the recording: stream, graph.</summary>
    public readonly delegate* unmanaged<nint, nint*, int> cuStreamEndCapture =
        (delegate* unmanaged<nint, nint*, int>)Find(library, nameof(cuStreamEndCapture));

    /// <summary>Makes a graph executable: executable, graph, flags.</summary>
    public readonly delegate* unmanaged<nint*, nint, ulong, int> cuGraphInstantiateWithFlags =
        (delegate* unmanaged<nint*, nint, ulong, int>)Find(library, nameof(cuGraphInstantiateWithFlags));

    /// <summary>Launches an executable graph: executable, stream.</summary>
    public readonly delegate* unmanaged<nint, nint, int> cuGraphLaunch =
        (delegate* unmanaged<nint, nint, int>)Find(library, nameof(cuGraphLaunch));

    /// <summary>Destroys an executable graph.</summary>
    public readonly delegate* unmanaged<nint, int> cuGraphExecDestroy =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cuGraphExecDestroy));

    /// <summary>Destroys a graph.</summary>
    public readonly delegate* unmanaged<nint, int> cuGraphDestroy = (delegate* unmanaged<nint, int>)Find(library, nameof(cuGraphDestroy));

    private readonly delegate* unmanaged<int, byte**, int> _errorName =
        (delegate* unmanaged<int, byte**, int>)Find(library, "cuGetErrorName");

    private readonly delegate* unmanaged<int, byte**, int> _errorString =
        (delegate* unmanaged<int, byte**, int>)Find(library, "cuGetErrorString");

    /// <summary>What the functions belong to. Held, so that an emulation's functions live as long as whoever calls them.</summary>
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

    /// <summary>The exception of a call that failed: what, with which status, what to do.</summary>
    /// <param name="status">The status, not 0.</param>
    /// <param name="call">The function's name.</param>
    /// <param name="subject">What it was called for, such as "of 64 bytes"; null where the call says all.</param>
    /// <param name="more">What else is known, such as the compiler's log; null for nothing.</param>
    public CudaException Failure(int status, string call, string? subject = null, string? more = null)
    {
        string name = Text(_errorName, status) ?? "an unknown error";
        string about = Text(_errorString, status) is { } text ? $" ({status}), {text}" : $" ({status})";
        string advice = DriverAdvice.For(status) is { } known ? $": {known}" : "";
        string tail = more is null ? "." : $". {more}";
        string what = subject is null ? call : $"{call} {subject}";
        return new CudaException($"{what} failed with {name}{about}{advice}{tail}", call, status, name);
    }

    private static nint Find(INativeLibrary library, string export) => library.Required(export, "a driver for CUDA 12");

    private static string? Text(delegate* unmanaged<int, byte**, int> describe, int status)
    {
        byte* text = null;
        return describe(status, &text) == 0 ? Marshal.PtrToStringUTF8((nint)text) : null;
    }

    [DoesNotReturn]
    private void Throw(int status, string call) => throw Failure(status, call);
}
