using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>Row-major products through a column-major library, and how the library is set up.</summary>
public sealed class CublasHandleTests : IDisposable
{
    private readonly FakeDriver _driver = new();
    private readonly FakeCublas _cublas = new();
    private readonly CudaContext _context;
    private readonly CudaStream _stream;
    private readonly DeviceAllocation _workspace;

    public CublasHandleTests()
    {
        _context = new CudaContext(new DriverApi(_driver), 0);
        _stream = new CudaStream(_context);
        _workspace = new DeviceAllocation(_context, 4096);
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _stream.Dispose();
        _context.Dispose();
        _cublas.Dispose();
        _driver.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public unsafe void A_product_is_row_major_with_any_strides(bool transposeA, bool transposeB)
    {
        const int M = 3, N = 4, K = 5;
        int lda = (transposeA ? M : K) + 2, ldb = (transposeB ? K : N) + 1, ldc = N + 3;
        float[] a = Numbers(8 * lda), b = Numbers(8 * ldb), c = Numbers(M * ldc), expected = [.. c];
        for (int i = 0; i < M; i++)
        {
            for (int j = 0; j < N; j++)
            {
                float sum = 0;
                for (int p = 0; p < K; p++)
                {
                    sum += (transposeA ? a[(p * lda) + i] : a[(i * lda) + p]) * (transposeB ? b[(j * ldb) + p] : b[(p * ldb) + j]);
                }

                expected[(i * ldc) + j] = (2 * sum) + (3 * expected[(i * ldc) + j]);
            }
        }

        using CublasHandle cublas = Open(tf32: false);
        fixed (float* pa = a, pb = b, pc = c)
        {
            cublas.MatrixProduct(transposeA, transposeB, M, N, K, 2, (ulong)pa, lda, (ulong)pb, ldb, 3, (ulong)pc, ldc);
        }

        Assert.Equal(expected, c);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public void Nothing_rounds_to_tf32_unless_asked(bool tf32, int mode)
    {
        using CublasHandle cublas = Open(tf32);
        Assert.Equal(mode, _cublas.Settings["cublasSetMathMode"]);
        Assert.Equal(0, _cublas.Settings["cublasSetPointerMode_v2"]);
        Assert.Equal(120600, cublas.Version);
    }

    [Fact]
    public void The_workspace_is_set_after_the_stream_which_would_take_it_away()
    {
        using CublasHandle cublas = Open(tf32: false);
        Assert.Equal(_stream.Handle, _cublas.Settings["cublasSetStream_v2"]);
        Assert.Equal(4096, _cublas.Settings["cublasSetWorkspace_v2"]);
        Assert.True(_cublas.Calls.LastIndexOf("cublasSetStream_v2") < _cublas.Calls.IndexOf("cublasSetWorkspace_v2"));
    }

    [Fact]
    public void Stream_and_workspace_outlive_the_handle_in_any_order()
    {
        CublasHandle cublas = Open(tf32: false);
        _context.Dispose();
        _workspace.Dispose();
        _stream.Dispose();
        Assert.DoesNotContain("cuStreamDestroy_v2", _driver.Calls);
        cublas.Dispose();
        cublas.Dispose();
        Assert.Single(_cublas.Calls, static call => call == "cublasDestroy_v2");
        Assert.Empty(_driver.Live);
        Assert.Empty(_driver.ReleasedTwice);
    }

    [Theory]
    [InlineData("cublasCreate_v2", 0)]
    [InlineData("cublasGetVersion_v2", 1)]
    [InlineData("cublasSetPointerMode_v2", 1)]
    [InlineData("cublasSetMathMode", 1)]
    [InlineData("cublasSetStream_v2", 1)]
    [InlineData("cublasSetWorkspace_v2", 1)]
    public void A_handle_that_cannot_be_set_up_is_destroyed(string call, int destroyed)
    {
        _cublas.Failing[call] = 3;
        CudaException failure = Assert.Throws<CudaException>(() => Open(tf32: false));
        Assert.Equal(
            $"{call} failed with CUBLAS_STATUS_ALLOC_FAILED (3): use a smaller batch, or free memory on the device that other programs hold.",
            failure.Message);
        Assert.Equal((call, 3, "CUBLAS_STATUS_ALLOC_FAILED"), (failure.Call, failure.Status, failure.StatusName));
        Assert.Equal(destroyed, _cublas.Calls.Count(static name => name == "cublasDestroy_v2"));
        _stream.Dispose();
        Assert.Contains("cuStreamDestroy_v2", _driver.Calls);
    }

    [Fact]
    public void A_product_that_is_refused_has_its_sizes_in_the_message()
    {
        using CublasHandle cublas = Open(tf32: false);
        CudaException failure = Assert.Throws<CudaException>(() => cublas.MatrixProduct(false, false, 2, 3, 4, 1, 0, 1, 0, 1, 0, 0, 1));
        Assert.StartsWith(
            "cublasSgemm_v2 of [2, 4] by [4, 3] failed with CUBLAS_STATUS_INVALID_VALUE (7)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_without_a_function_is_refused_by_the_functions_name()
    {
        _cublas.Missing.Add("cublasSgemm_v2");
        Assert.Equal(
            "libfake.so has no function cublasSgemm_v2: it is too old, needs cuBLAS of CUDA 12 or newer.",
            Assert.Throws<CudaException>(() => new CublasApi(_cublas)).Message);
    }

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(static i => (float)((i * 7 % 11) - 5))];

    private CublasHandle Open(bool tf32) => new(new CublasApi(_cublas), _stream, _workspace, tf32);
}
