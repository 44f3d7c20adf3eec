using Msr.Cuda.Emulation.Driver;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>The statuses of cuDNN 9.</summary>
internal static class CudnnStatus
{
    /// <summary>The driver has no context, or the handle is none.</summary>
    public const int NotInitialized = 1001;

    /// <summary>An argument is wrong.</summary>
    public const int BadParam = 2000;

    /// <summary>This is not supported.</summary>
    public const int NotSupported = 3000;

    /// <summary>Something nobody thought of.</summary>
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
