namespace Msr.Cuda.Emulation.Faults;

/// <summary>The statuses of the driver that the emulation returns, and their names.</summary>
internal static class CudaStatus
{
    /// <summary>An argument is wrong.</summary>
    public const int InvalidValue = 1;

    /// <summary>The device's memory does not suffice.</summary>
    public const int OutOfMemory = 2;

    /// <summary><c>cuInit</c> was not called, or failed.</summary>
    public const int NotInitialized = 3;

    /// <summary>The driver is shut down.</summary>
    public const int Deinitialized = 4;

    /// <summary>There is no device.</summary>
    public const int NoDevice = 100;

    /// <summary>There is no such device.</summary>
    public const int InvalidDevice = 101;

    /// <summary>No context is current, or the handle is invalid.</summary>
    public const int InvalidContext = 201;

    /// <summary>The image is compiled for other devices.</summary>
    public const int NoBinary = 209;

    /// <summary>The PTX cannot be compiled.</summary>
    public const int InvalidPtx = 218;

    /// <summary>The PTX is newer than the driver.</summary>
    public const int UnsupportedPtxVersion = 222;

    /// <summary>The handle is invalid.</summary>
    public const int InvalidHandle = 400;

    /// <summary>The object is in the wrong state.</summary>
    public const int IllegalState = 401;

    /// <summary>The name does not exist.</summary>
    public const int NotFound = 500;

    /// <summary>A kernel reached outside its memory.</summary>
    public const int IllegalAddress = 700;

    /// <summary>A launch asks for more than a block can have.</summary>
    public const int LaunchOutOfResources = 701;

    /// <summary>The context was destroyed.</summary>
    public const int ContextIsDestroyed = 709;

    /// <summary>A kernel accessed a misaligned address.</summary>
    public const int MisalignedAddress = 716;

    /// <summary>A kernel failed.</summary>
    public const int LaunchFailed = 719;

    /// <summary>The emulation does not do this.</summary>
    public const int NotSupported = 801;

    /// <summary>The call is not allowed while a stream is captured.</summary>
    public const int CaptureUnsupported = 900;

    /// <summary>An earlier call invalidated the capture.</summary>
    public const int CaptureInvalidated = 901;

    /// <summary>The call would join two captures.</summary>
    public const int CaptureMerge = 902;

    /// <summary>The capture was not begun on this stream.</summary>
    public const int CaptureUnmatched = 903;

    /// <summary>A stream that takes part was not joined to the first one.</summary>
    public const int CaptureUnjoined = 904;

    /// <summary>The call would make the capture depend on work outside it.</summary>
    public const int CaptureIsolation = 905;

    /// <summary>The default stream would wait for a stream that is captured.</summary>
    public const int CaptureImplicit = 906;

    /// <summary>The event was last recorded in a capture.</summary>
    public const int CapturedEvent = 907;

    /// <summary>The capture was begun on another thread.</summary>
    public const int CaptureWrongThread = 908;

    /// <summary>An unknown error.</summary>
    public const int Unknown = 999;

    private static readonly Dictionary<int, (string Name, string Text)> s_known = new()
    {
        [0] = ("CUDA_SUCCESS", "no error"),
        [InvalidValue] = ("CUDA_ERROR_INVALID_VALUE", "invalid argument"),
        [OutOfMemory] = ("CUDA_ERROR_OUT_OF_MEMORY", "out of memory"),
        [NotInitialized] = ("CUDA_ERROR_NOT_INITIALIZED", "initialization error"),
        [Deinitialized] = ("CUDA_ERROR_DEINITIALIZED", "driver shutting down"),
        [34] = ("CUDA_ERROR_STUB_LIBRARY", "the library is a stub"),
        [NoDevice] = ("CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"),
        [InvalidDevice] = ("CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"),
        [InvalidContext] = ("CUDA_ERROR_INVALID_CONTEXT", "invalid device context"),
        [NoBinary] = ("CUDA_ERROR_NO_BINARY_FOR_GPU", "no image for this device"),
        [InvalidPtx] = ("CUDA_ERROR_INVALID_PTX", "PTX compilation failed"),
        [UnsupportedPtxVersion] = ("CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the PTX needs a newer driver"),
        [InvalidHandle] = ("CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"),
        [IllegalState] = ("CUDA_ERROR_ILLEGAL_STATE", "the object is in the wrong state"),
        [NotFound] = ("CUDA_ERROR_NOT_FOUND", "named symbol not found"),
        [IllegalAddress] = ("CUDA_ERROR_ILLEGAL_ADDRESS", "illegal memory access"),
        [LaunchOutOfResources] = ("CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"),
        [ContextIsDestroyed] = ("CUDA_ERROR_CONTEXT_IS_DESTROYED", "context is destroyed"),
        [MisalignedAddress] = ("CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"),
        [LaunchFailed] = ("CUDA_ERROR_LAUNCH_FAILED", "launch failure"),
        [NotSupported] = ("CUDA_ERROR_NOT_SUPPORTED", "operation not supported"),
        [803] = ("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "driver library and kernel module differ"),
        [CaptureUnsupported] = ("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted while a stream is capturing"),
        [CaptureInvalidated] = ("CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to an earlier error during capture"),
        [CaptureMerge] = ("CUDA_ERROR_STREAM_CAPTURE_MERGE", "operation would merge two captures"),
        [CaptureUnmatched] = ("CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "capture was not begun on this stream"),
        [CaptureUnjoined] = ("CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "capture holds work not joined to its first stream"),
        [CaptureIsolation] = ("CUDA_ERROR_STREAM_CAPTURE_ISOLATION", "dependency on work outside the capture"),
        [CaptureImplicit] = ("CUDA_ERROR_STREAM_CAPTURE_IMPLICIT", "operation would make the default stream depend on a capture"),
        [CapturedEvent] = ("CUDA_ERROR_CAPTURED_EVENT", "operation not permitted on an event recorded in a capture"),
        [CaptureWrongThread] = ("CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD", "capture was begun on another thread"),
        [Unknown] = ("CUDA_ERROR_UNKNOWN", "unknown error"),
    };

    /// <summary>The name of a status, its number where it is not known.</summary>
    /// <param name="status">The status.</param>
    public static string NameOf(int status) => s_known.TryGetValue(status, out (string Name, string Text) known) ? known.Name : $"{status}";

    /// <summary>The name and text of a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="name">Its name.</param>
    /// <param name="text">Its meaning, without a full stop.</param>
    /// <returns>Whether it is known.</returns>
    public static bool TryDescribe(int status, out string name, out string text)
    {
        bool found = s_known.TryGetValue(status, out (string Name, string Text) known);
        (name, text) = found ? known : ("", "");
        return found;
    }
}
