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
