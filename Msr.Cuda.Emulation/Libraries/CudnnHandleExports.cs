using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Libraries;

/// <summary>The functions of the emulated cuDNN for handles, its version and the names of statuses.</summary>
internal sealed unsafe class CudnnHandleExports : ExportGroup
{
    private readonly EmulatedDriver _driver;
    private readonly NativeText _text;
    private readonly CallGate _gate;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The driver below.</param>
    /// <param name="text">Texts that are handed out.</param>
    public CudnnHandleExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver, NativeText text)
        : base(library, gate)
    {
        (_driver, _text, _gate) = (driver, text, gate);
        library.Add<CudnnFunctions.cudnnCreate>(cudnnCreate);
        library.Add<CudnnFunctions.cudnnDestroy>(cudnnDestroy);
        library.Add<CudnnFunctions.cudnnSetStream>(cudnnSetStream);
        library.Add<CudnnFunctions.cudnnGetVersion>(cudnnGetVersion);
        library.Add<CudnnFunctions.cudnnGetErrorString>(cudnnGetErrorString);
    }

    private int cudnnCreate(nint* handle) => Run(nameof(cudnnCreate), () =>
    {
        NotNull(handle, "handle", CudnnStatus.BadParam);
        PrimaryContext context = _driver.Context();
        _driver.RefuseDuringCapture(nameof(cudnnCreate));
        *handle = _driver.Handles.Add(new EmulatedCudnn(context));
    });

    private int cudnnDestroy(nint handle) => Release(nameof(cudnnDestroy), () =>
    {
        _ = _driver.ContextForRelease();
        _driver.RefuseDuringCapture(nameof(cudnnDestroy));
        _driver.Handles.Remove<EmulatedCudnn>(handle, CudnnStatus.BadParam, isDriverStatus: false);
        _driver.ThrowIfSticky();
    });

    private int cudnnSetStream(nint handle, nint stream) => Run(nameof(cudnnSetStream), () =>
    {
        EmulatedCudnn set = EmulatedCudnn.Of(_driver, handle);
        _ = _driver.Stream(stream);
        set.Stream = stream;
    });

    // These two return no status, so they cannot fail.
    private nuint cudnnGetVersion() => (nuint)_driver.Options.CudnnVersion;

    private byte* cudnnGetErrorString(int status) => (byte*)_gate.Locked(() => _text[CudnnStatus.NameOf(status)]);
}

/// <summary>The state of a cuDNN handle.</summary>
/// <param name="context">The context it was made in.</param>
internal sealed class EmulatedCudnn(PrimaryContext context) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "cuDNN";

    /// <summary>The context it was made in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>The handle of its stream; 0 for the default stream.</summary>
    public nint Stream { get; set; }

    /// <summary>The live one of a handle, in the current context.</summary>
    /// <param name="driver">The driver below.</param>
    /// <param name="handle">The handle.</param>
    public static EmulatedCudnn Of(EmulatedDriver driver, nint handle)
    {
        EmulatedCudnn found = driver.Handles.Get<EmulatedCudnn>(handle, CudnnStatus.BadParam, isDriverStatus: false);
        return found.Context == driver.Context() ? found : throw CallFailedException.LibraryFault(
            CudnnStatus.BadParam, "The cuDNN handle belongs to a context that is not current on this thread.");
    }
}

/// <summary>The statuses of cuDNN 9.</summary>
internal static class CudnnStatus
{
    /// <summary>No context is current, or the handle is invalid.</summary>
    public const int NotInitialized = 1001;

    /// <summary>An argument is wrong.</summary>
    public const int BadParam = 2000;

    /// <summary>This is not supported.</summary>
    public const int NotSupported = 3000;

    /// <summary>An internal error.</summary>
    public const int InternalError = 4000;

    /// <summary>Memory has run out.</summary>
    public const int AllocationFailed = 4003;

    /// <summary>A kernel failed.</summary>
    public const int ExecutionFailed = 5000;

    /// <summary>The status for a failure of the driver.</summary>
    /// <param name="driverStatus">The driver's.</param>
    public static int For(int driverStatus) => driverStatus switch
    {
        CudaStatus.NotInitialized or CudaStatus.InvalidContext or CudaStatus.ContextIsDestroyed => NotInitialized,
        CudaStatus.OutOfMemory => AllocationFailed,
        CudaStatus.InvalidValue or CudaStatus.InvalidHandle => BadParam,
        CudaStatus.NotSupported => NotSupported,
        _ => ExecutionFailed,
    };

    /// <summary>The name of a status.</summary>
    /// <param name="status">The status.</param>
    public static string NameOf(int status) => status switch
    {
        0 => "CUDNN_STATUS_SUCCESS",
        NotInitialized => "CUDNN_STATUS_NOT_INITIALIZED",
        BadParam => "CUDNN_STATUS_BAD_PARAM",
        NotSupported => "CUDNN_STATUS_NOT_SUPPORTED",
        InternalError => "CUDNN_STATUS_INTERNAL_ERROR",
        AllocationFailed => "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
        ExecutionFailed => "CUDNN_STATUS_EXECUTION_FAILED",
        _ => "unknown cuDNN status",
    };
}
