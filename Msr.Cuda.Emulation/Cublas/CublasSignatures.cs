namespace Msr.Cuda.Emulation.Cublas;

/// <summary>The C signatures of cuBLAS's functions.</summary>
internal static unsafe class CublasSignatures
{
    /// <summary>Writes a handle.</summary>
    public delegate int Create(nint* handle);

    /// <summary>Takes a handle.</summary>
    public delegate int Destroy(nint handle);

    /// <summary>Takes a handle and a stream.</summary>
    public delegate int SetStream(nint handle, nint stream);

    /// <summary>Takes a handle and device memory.</summary>
    public delegate int SetWorkspace(nint handle, ulong workspace, nuint bytes);

    /// <summary>Takes a handle and a mode.</summary>
    public delegate int SetMode(nint handle, int mode);

    /// <summary>Writes a version.</summary>
    public delegate int GetVersion(nint handle, int* version);

    /// <summary>Returns the address of a text.</summary>
    public delegate nint Describe(int status);

    /// <summary>C = alpha·op(A)·op(B) + beta·C, column-major.</summary>
    public delegate int Sgemm(
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
}
