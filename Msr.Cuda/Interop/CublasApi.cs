using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using unsafe Multiply =
    delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, ulong, int, float*, ulong, int, int>;

namespace Msr.Cuda.Interop;

/// <summary>
/// The functions of cuBLAS, under the names it exports. Every call goes through <see cref="Check"/>. Device addresses are numbers.
/// </summary>
/// <param name="library">cuBLAS or its emulation. It must outlive the table.</param>
/// <exception cref="CudaException">A function is missing; the message names it.</exception>
internal sealed unsafe class CublasApi(INativeLibrary library)
{
    /// <summary>Makes a handle in the current context.</summary>
    public readonly delegate* unmanaged<nint*, int> cublasCreate_v2 =
        (delegate* unmanaged<nint*, int>)Find(library, nameof(cublasCreate_v2));

    /// <summary>Destroys a handle.</summary>
    public readonly delegate* unmanaged<nint, int> cublasDestroy_v2 =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cublasDestroy_v2));

    /// <summary>The version: handle, result.</summary>
    public readonly delegate* unmanaged<nint, int*, int> cublasGetVersion_v2 =
        (delegate* unmanaged<nint, int*, int>)Find(library, nameof(cublasGetVersion_v2));

    /// <summary>Where products are queued: handle, stream. It also takes the workspace away.</summary>
    public readonly delegate* unmanaged<nint, nint, int> cublasSetStream_v2 =
        (delegate* unmanaged<nint, nint, int>)Find(library, nameof(cublasSetStream_v2));

    /// <summary>Scratch memory: handle, device address, bytes.</summary>
    public readonly delegate* unmanaged<nint, ulong, nuint, int> cublasSetWorkspace_v2 =
        (delegate* unmanaged<nint, ulong, nuint, int>)Find(library, nameof(cublasSetWorkspace_v2));

    /// <summary>How products round: handle, mode (2 as asked for, 3 inputs to TF32).</summary>
    public readonly delegate* unmanaged<nint, int, int> cublasSetMathMode =
        (delegate* unmanaged<nint, int, int>)Find(library, nameof(cublasSetMathMode));

    /// <summary>Where alpha and beta are: handle, mode (0 on the host).</summary>
    public readonly delegate* unmanaged<nint, int, int> cublasSetPointerMode_v2 =
        (delegate* unmanaged<nint, int, int>)Find(library, nameof(cublasSetPointerMode_v2));

    /// <summary>C = alpha·op(A)·op(B) + beta·C, column-major: handle, op A, op B, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc.</summary>
    public readonly Multiply cublasSgemm_v2 = (Multiply)Find(library, nameof(cublasSgemm_v2));

    private readonly delegate* unmanaged<int, byte*> _statusString =
        (delegate* unmanaged<int, byte*>)library.Optional("cublasGetStatusString");

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
    /// <param name="subject">What it was called for; null where the call says all.</param>
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
        7 => ("CUBLAS_STATUS_INVALID_VALUE", "an argument is wrong, which is a fault of this program, please report it"),
        8 => ("CUBLAS_STATUS_ARCH_MISMATCH", "this cuBLAS does not support the device, install a release that does"),
        11 => ("CUBLAS_STATUS_MAPPING_ERROR", null),
        13 => ("CUBLAS_STATUS_EXECUTION_FAILED", "a kernel failed, here or before, the process must restart"),
        14 => ("CUBLAS_STATUS_INTERNAL_ERROR", "an earlier call may have broken the context, the process must restart"),
        15 => ("CUBLAS_STATUS_NOT_SUPPORTED", "this cuBLAS cannot do it, install a newer one"),
        16 => ("CUBLAS_STATUS_LICENSE_ERROR", null),
        _ => ("an unknown status", null),
    };

    private static nint Find(INativeLibrary library, string export) => library.Required(export, "cuBLAS of CUDA 12");

    [DoesNotReturn]
    private void Throw(int status, string call) => throw Failure(status, call);
}
