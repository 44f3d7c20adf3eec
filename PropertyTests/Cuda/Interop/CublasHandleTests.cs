using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>Row-major products through a column-major library, and how the library is set up.</summary>
public sealed class CublasHandleTests : IDisposable
{
    private const int WorkspaceBytes = 4096;

    private readonly BoundCuda _bound = new();
    private readonly DeviceAllocation _workspace;

    public CublasHandleTests() => _workspace = new DeviceAllocation(_bound.Context, WorkspaceBytes);

    public void Dispose()
    {
        _workspace.Dispose();
        _bound.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_product_is_row_major_with_any_strides(bool transposeA, bool transposeB)
    {
        const int M = 3, N = 4, K = 5;
        int lda = (transposeA ? M : K) + 2, ldb = (transposeB ? K : N) + 1, ldc = N + 3;
        float[] a = Numbers(8 * lda), b = Numbers(8 * ldb), expected = Numbers(M * ldc);
        using DeviceAllocation left = _bound.Upload(a), right = _bound.Upload(b), result = _bound.Upload(expected);
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
        cublas.MatrixProduct(transposeA, transposeB, M, N, K, 2, left.Address, lda, right.Address, ldb, 3, result.Address, ldc);
        Assert.Equal(expected, _bound.Download(result));
        Assert.Empty(_bound.Cuda.Faults);
    }

    [Theory]
    [InlineData(false, 1.0001f)]
    [InlineData(true, 1)]
    public void Nothing_rounds_to_tf32_unless_asked(bool tf32, float expected)
    {
        using CublasHandle cublas = Open(tf32);
        using DeviceAllocation a = _bound.Upload(1.0001f), one = _bound.Upload(1), result = _bound.Upload(0);
        Multiply(cublas, a.Address, one, result);
        Assert.Equal([expected], _bound.Download(result));
        Assert.Equal(130000, cublas.Version);
    }

    /// <summary>A product that reads the last element of the workspace is caught only where the library has all of it as its own.</summary>
    [Fact]
    public void The_workspace_is_set_after_the_stream_which_would_take_it_away()
    {
        using CublasHandle cublas = Open(tf32: false);
        using DeviceAllocation one = _bound.Upload(1), result = _bound.Upload(0);
        Assert.Throws<CudaException>(() => Multiply(cublas, _workspace.Address + WorkspaceBytes - sizeof(float), one, result));
        Assert.Contains("the workspace overlaps an operand", _bound.Cuda.LastFault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_are_queued_on_the_stream()
    {
        using CublasHandle cublas = Open(tf32: false);
        using DeviceAllocation a = _bound.Upload(5), one = _bound.Upload(1), result = _bound.Upload(0);
        _bound.Stream.BeginCapture();
        Multiply(cublas, a.Address, one, result);
        using CudaGraph graph = _bound.Stream.EndCapture();
        Assert.Equal([0], _bound.Download(result));
        graph.Launch(_bound.Stream);
        Assert.Equal([5], _bound.Download(result));
    }

    [Fact]
    public void Stream_and_workspace_outlive_the_handle_in_any_order()
    {
        CublasHandle cublas = Open(tf32: false);
        _bound.Context.Dispose();
        _workspace.Dispose();
        _bound.Stream.Dispose();
        Assert.Equal(0, _bound.Cuda.CallsOf("cuStreamDestroy_v2"));
        cublas.Dispose();
        cublas.Dispose();
        Assert.Equal(1, _bound.Cuda.CallsOf("cublasDestroy_v2"));
        Assert.Equal("nothing", _bound.Cuda.Live.ToString());
        Assert.Empty(_bound.Cuda.Faults);
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
        _bound.Cuda.FailAt(call, 1, 3);
        CudaException failure = Assert.Throws<CudaException>(() => Open(tf32: false));
        Assert.Equal(
            $"{call} failed with CUBLAS_STATUS_ALLOC_FAILED (3), CUBLAS_STATUS_ALLOC_FAILED: use a smaller batch, or free memory on the device that "
            + "other programs hold.",
            failure.Message);
        Assert.Equal((call, 3, "CUBLAS_STATUS_ALLOC_FAILED"), (failure.Call, failure.Status, failure.StatusName));
        Assert.Equal((destroyed, 0), (_bound.Cuda.CallsOf("cublasDestroy_v2"), _bound.Cuda.Live.Cublas));
        _bound.Stream.Dispose();
        Assert.Equal(1, _bound.Cuda.CallsOf("cuStreamDestroy_v2"));
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
        using EmulatedCuda cuda = new(new EmulationOptions { MissingExports = ["cublasSgemm_v2"] });
        Assert.Equal(
            "the emulated cuBLAS has no function cublasSgemm_v2: install cuBLAS of CUDA 12 or newer.",
            Assert.Throws<CudaException>(() => new CublasApi(cuda.Libraries.Cublas)).Message);
    }

    [Fact]
    public void A_library_that_cannot_name_its_statuses_is_as_good()
    {
        using EmulatedCuda cuda = new(new EmulationOptions { MissingExports = ["cublasGetStatusString"] });
        Assert.Equal(
            "cublasCreate_v2 failed with CUBLAS_STATUS_MAPPING_ERROR (11).",
            new CublasApi(cuda.Libraries.Cublas).Failure(11, "cublasCreate_v2").Message);
    }

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(static i => (float)((i * 7 % 11) - 5))];

    private static void Multiply(CublasHandle cublas, ulong a, DeviceAllocation b, DeviceAllocation result) =>
        cublas.MatrixProduct(false, false, 1, 1, 1, 1, a, 1, b.Address, 1, 0, result.Address, 1);

    private CublasHandle Open(bool tf32) => new(new CublasApi(_bound.Cuda.Libraries.Cublas), _bound.Stream, _workspace, tf32);
}
