namespace Msr.Cuda.Interop;

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

    /// <summary>Sets the stream that products are queued on. It also takes the workspace away.</summary>
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
