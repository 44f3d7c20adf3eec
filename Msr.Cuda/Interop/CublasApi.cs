using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Msr.Cuda.Interop.CublasFunctions;

namespace Msr.Cuda.Interop;

/// <summary>
/// The functions of cuBLAS, under the names it exports. Every call goes through <see cref="Check"/>. Device addresses are numbers.
/// </summary>
/// <param name="library">cuBLAS or its emulation. It must outlive the table.</param>
/// <exception cref="CudaException">A function is missing; the message names it.</exception>
internal sealed unsafe class CublasApi(INativeLibrary library)
{
    private const string Release = "cuBLAS of CUDA 12";

    public readonly cublasCreate_v2 cublasCreate_v2 = library.Required<cublasCreate_v2>(Release);
    public readonly cublasDestroy_v2 cublasDestroy_v2 = library.Required<cublasDestroy_v2>(Release);
    public readonly cublasGetVersion_v2 cublasGetVersion_v2 = library.Required<cublasGetVersion_v2>(Release);
    public readonly cublasSetStream_v2 cublasSetStream_v2 = library.Required<cublasSetStream_v2>(Release);
    public readonly cublasSetWorkspace_v2 cublasSetWorkspace_v2 = library.Required<cublasSetWorkspace_v2>(Release);
    public readonly cublasSetMathMode cublasSetMathMode = library.Required<cublasSetMathMode>(Release);
    public readonly cublasSetPointerMode_v2 cublasSetPointerMode_v2 = library.Required<cublasSetPointerMode_v2>(Release);
    public readonly cublasSgemm_v2 cublasSgemm_v2 = library.Required<cublasSgemm_v2>(Release);

    private readonly cublasGetStatusString? _statusString = library.Optional<cublasGetStatusString>();

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
    /// <param name="subject">The subject of the call; null for none.</param>
    public CudaException Failure(int status, string call, string? subject = null)
    {
        (string name, string? advice) = Meaning(status);
        string? text = _statusString is null ? null : Marshal.PtrToStringUTF8((nint)_statusString(status));
        string what = subject is null ? call : $"{call} {subject}";
        string said = text is null ? "" : $", {text}";
        string tail = advice is null ? "." : $": {advice}.";
        return new CudaException($"{what} failed with {name} ({status}){said}{tail}", call, status, name);
    }

    private static (string Name, string? Advice) Meaning(int status) => status switch
    {
        1 => ("CUBLAS_STATUS_NOT_INITIALIZED", "check that driver and cuBLAS are of matching versions and that the device has memory left"),
        3 => ("CUBLAS_STATUS_ALLOC_FAILED", "use a smaller batch, or free memory on the device that other programs hold"),
        7 => ("CUBLAS_STATUS_INVALID_VALUE", "an argument is invalid, which is a bug of this program, please report it"),
        8 => ("CUBLAS_STATUS_ARCH_MISMATCH", "this cuBLAS does not support the device, install a release that does"),
        11 => ("CUBLAS_STATUS_MAPPING_ERROR", null),
        13 => ("CUBLAS_STATUS_EXECUTION_FAILED", "a kernel failed, here or before, the process must restart"),
        14 => ("CUBLAS_STATUS_INTERNAL_ERROR", "an earlier call may have broken the context, the process must restart"),
        15 => ("CUBLAS_STATUS_NOT_SUPPORTED", "this cuBLAS cannot do it, install a newer one"),
        16 => ("CUBLAS_STATUS_LICENSE_ERROR", null),
        _ => ("an unknown status", null),
    };

    [DoesNotReturn]
    private void Throw(int status, string call) => throw Failure(status, call);
}

/// <summary>
/// The functions of cuBLAS as cublas_api.h declares them, each once, for the bindings and for an emulation: see <see cref="DriverFunctions"/>.
/// </summary>
internal static unsafe class CublasFunctions
{
    /// <summary>Makes a handle in the current context.</summary>
    public delegate int cublasCreate_v2(nint* handle);

    /// <summary>Destroys a handle.</summary>
    public delegate int cublasDestroy_v2(nint handle);

    /// <summary>The version of the library.</summary>
    public delegate int cublasGetVersion_v2(nint handle, int* version);

    /// <summary>Sets the stream that products are queued on. It also resets the workspace.</summary>
    public delegate int cublasSetStream_v2(nint handle, nint stream);

    /// <summary>Sets the scratch memory.</summary>
    public delegate int cublasSetWorkspace_v2(nint handle, ulong workspace, nuint bytes);

    /// <summary>Sets how products round: 2 as asked for, 3 with inputs rounded to TF32.</summary>
    public delegate int cublasSetMathMode(nint handle, int mode);

    /// <summary>Sets where alpha and beta lie: 0 on the host, 1 on the device.</summary>
    public delegate int cublasSetPointerMode_v2(nint handle, int mode);

    /// <summary>C = alpha·op(A)·op(B) + beta·C, column-major. An operation is 0 for none, 1 to transpose.</summary>
    public delegate int cublasSgemm_v2(
        nint handle,
        int transposeA,
        int transposeB,
        int m,
        int n,
        int k,
        float* alpha,
        ulong a,
        int lda,
        ulong b,
        int ldb,
        float* beta,
        ulong c,
        int ldc);

    /// <summary>The name of a status. Releases before 11.4 do not have it.</summary>
    public delegate byte* cublasGetStatusString(int status);
}
