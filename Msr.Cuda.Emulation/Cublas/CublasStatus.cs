using Msr.Cuda.Emulation.Driver;

namespace Msr.Cuda.Emulation.Cublas;

/// <summary>The statuses of cuBLAS.</summary>
internal static class CublasStatus
{
    /// <summary>The handle is none, or the driver has no context.</summary>
    public const int NotInitialized = 1;

    /// <summary>Memory has run out.</summary>
    public const int AllocFailed = 3;

    /// <summary>An argument is wrong.</summary>
    public const int InvalidValue = 7;

    /// <summary>A kernel failed.</summary>
    public const int ExecutionFailed = 13;

    /// <summary>Something nobody thought of.</summary>
    public const int InternalError = 14;

    /// <summary>The emulation does not do this.</summary>
    public const int NotSupported = 15;

    /// <summary>The status for a failure of the driver.</summary>
    /// <param name="driverStatus">The driver's.</param>
    public static int For(int driverStatus) => driverStatus switch
    {
        CudaStatus.NotInitialized or CudaStatus.InvalidContext or CudaStatus.ContextIsDestroyed => NotInitialized,
        CudaStatus.OutOfMemory => AllocFailed,
        CudaStatus.InvalidValue or CudaStatus.InvalidHandle => InvalidValue,
        CudaStatus.NotSupported => NotSupported,
        _ => ExecutionFailed,
    };

    /// <summary>The name of a status.</summary>
    /// <param name="status">The status.</param>
    public static string NameOf(int status) => status switch
    {
        0 => "CUBLAS_STATUS_SUCCESS",
        NotInitialized => "CUBLAS_STATUS_NOT_INITIALIZED",
        AllocFailed => "CUBLAS_STATUS_ALLOC_FAILED",
        InvalidValue => "CUBLAS_STATUS_INVALID_VALUE",
        8 => "CUBLAS_STATUS_ARCH_MISMATCH",
        11 => "CUBLAS_STATUS_MAPPING_ERROR",
        ExecutionFailed => "CUBLAS_STATUS_EXECUTION_FAILED",
        InternalError => "CUBLAS_STATUS_INTERNAL_ERROR",
        NotSupported => "CUBLAS_STATUS_NOT_SUPPORTED",
        16 => "CUBLAS_STATUS_LICENSE_ERROR",
        _ => "unknown cuBLAS status",
    };
}
