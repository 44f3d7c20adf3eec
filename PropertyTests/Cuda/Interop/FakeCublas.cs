namespace PropertyTests.Cuda.Interop;

/// <summary>As much of cuBLAS as a handle needs. Products are computed on host memory, column-major, as the public interface states.</summary>
internal sealed unsafe class FakeCublas : FakeLibrary
{
    public const nint Handle = 5;

    public FakeCublas()
    {
        Fake("cublasCreate_v2", (Create)CreateHandle);
        Fake("cublasDestroy_v2", (Number)((handle) => Note("cublasDestroy_v2", handle)));
        Fake("cublasGetVersion_v2", (Version)GetVersion);
        Fake("cublasSetPointerMode_v2", (Setting)((handle, mode) => Note("cublasSetPointerMode_v2", mode)));
        Fake("cublasSetMathMode", (Setting)((handle, mode) => Note("cublasSetMathMode", mode)));
        Fake("cublasSetStream_v2", (Setting)((handle, stream) => Note("cublasSetStream_v2", stream)));
        Fake("cublasSetWorkspace_v2", (Workspace)((handle, address, bytes) => Note("cublasSetWorkspace_v2", (nint)bytes)));
        Fake("cublasSgemm_v2", (Sgemm)Multiply);
        Missing.Add("cublasGetStatusString");
    }

    private delegate int Create(nint* handle);

    private delegate int Number(nint handle);

    private delegate int Version(nint handle, int* version);

    private delegate int Setting(nint handle, nint value);

    private delegate int Workspace(nint handle, ulong address, nuint bytes);

    private delegate int Sgemm(
        nint handle,
        int transposeA,
        int transposeB,
        int m,
        int n,
        int k,
        float* alpha,
        float* a,
        int lda,
        float* b,
        int ldb,
        float* beta,
        float* c,
        int ldc);

    /// <summary>The value that each setting was last given.</summary>
    public Dictionary<string, nint> Settings { get; } = [];

    private int Note(string call, nint value)
    {
        // A 32-bit argument leaves the upper half of its register undefined.
        Settings[call] = call is "cublasSetPointerMode_v2" or "cublasSetMathMode" ? (int)value : value;
        return Enter(call);
    }

    private int CreateHandle(nint* handle)
    {
        *handle = Handle;
        return Enter("cublasCreate_v2");
    }

    private int GetVersion(nint handle, int* version)
    {
        *version = 120600;
        return Enter("cublasGetVersion_v2");
    }

    private int Multiply(
        nint handle,
        int transposeA,
        int transposeB,
        int m,
        int n,
        int k,
        float* alpha,
        float* a,
        int lda,
        float* b,
        int ldb,
        float* beta,
        float* c,
        int ldc)
    {
        if (handle != Handle || lda < (transposeA == 0 ? m : k) || ldb < (transposeB == 0 ? k : n) || ldc < m)
        {
            return 7;
        }

        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                float sum = 0;
                for (int p = 0; p < k; p++)
                {
                    sum += a[transposeA == 0 ? i + (p * lda) : p + (i * lda)] * b[transposeB == 0 ? p + (j * ldb) : j + (p * ldb)];
                }

                c[i + (j * ldc)] = (*alpha * sum) + (*beta == 0 ? 0 : *beta * c[i + (j * ldc)]);
            }
        }

        return Enter("cublasSgemm_v2");
    }
}
