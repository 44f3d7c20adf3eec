using Msr.Core.Numerics;
using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Cuda.Emulation;

/// <summary>The emulated cuBLAS multiplies as its definition says, and refuses what the real one would.</summary>
public sealed unsafe class CublasTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Products_are_those_of_the_definition(int transposeA, int transposeB)
    {
        using RawCuda raw = RawCuda.Ready();
        nint handle = Handle(raw);
        (int m, int n, int k) = (5, 7, 3);
        (int rowsA, int columnsA) = transposeA == 0 ? (m, k) : (k, m);
        (int rowsB, int columnsB) = transposeB == 0 ? (k, n) : (n, k);
        (int lda, int ldb, int ldc) = (rowsA + 2, rowsB + 1, m + 3);
        float[] a = Values(lda * columnsA, 1);
        float[] b = Values(ldb * columnsB, 2);
        foreach ((float alpha, float beta) in new[] { (1f, 0f), (-0.5f, 2f), (0f, 0f), (0f, 1f) })
        {
            float[] c = Values(ldc * n, 3);
            ulong result = raw.Upload(c);
            Assert.Equal(0, Sgemm(raw, handle, transposeA, transposeB, m, n, k, alpha, raw.Upload(a), lda, raw.Upload(b), ldb, beta, result, ldc));
            float[] found = raw.Download(result, c.Length);
            for (int i = 0; i < c.Length; i++)
            {
                (int row, int column) = (i % ldc, i / ldc);
                double sum = 0;
                for (int l = 0; l < k && row < m; l++)
                {
                    sum += (double)a[transposeA == 0 ? row + (l * lda) : l + (row * lda)] * b[transposeB == 0 ? l + (column * ldb) : column + (l * ldb)];
                }

                Assert.Equal(row < m ? (alpha * sum) + (beta * c[i]) : c[i], found[i], 1e-5);
            }
        }
    }

    [Fact]
    public void A_destination_that_is_not_kept_need_not_be_written_and_factors_that_do_not_count_neither()
    {
        using RawCuda raw = RawCuda.Ready();
        nint handle = Handle(raw);
        ulong c = raw.Allocate(16);
        Assert.Equal(0, Sgemm(raw, handle, 0, 0, 2, 2, 2, 0, raw.Allocate(16), 2, raw.Allocate(16), 2, 0, c, 2));
        Assert.Equal([0, 0, 0, 0], raw.Download(c, 4));
        Assert.Equal(0, Sgemm(raw, handle, 0, 0, 2, 2, 0, 1, 0, 2, 0, 1, 0, c, 2));
        Assert.Equal(13, Sgemm(raw, handle, 0, 0, 2, 2, 2, 1, raw.Allocate(16), 2, raw.Upload([1, 2, 3, 4]), 2, 0, c, 2));
        Assert.Contains("cublasSgemm_v2, A", raw.Cuda.LastFault!.Message, StringComparison.Ordinal);
        Assert.Equal(719, raw.Synchronize());
    }

    [Fact]
    public void A_matrix_that_reaches_outside_its_memory_is_caught()
    {
        using RawCuda raw = RawCuda.Ready();
        nint handle = Handle(raw);
        ulong four = raw.Upload([1, 2, 3, 4]);
        Assert.Equal(13, Sgemm(raw, handle, 0, 0, 2, 2, 2, 1, four, 3, four, 2, 0, raw.Allocate(16), 2));
        Assert.Equal(700, raw.Synchronize());
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_refused()
    {
        using RawCuda raw = RawCuda.Ready();
        nint handle = Handle(raw);
        ulong four = raw.Upload([1, 2, 3, 4]);
        Assert.Equal(7, Sgemm(raw, handle, 0, 0, 2, 2, 2, 1, four, 1, four, 2, 0, four, 2));
        Assert.Equal(7, Sgemm(raw, handle, 0, 0, -1, 2, 2, 1, four, 2, four, 2, 0, four, 2));
        Assert.Equal(7, Sgemm(raw, handle, 3, 0, 2, 2, 2, 1, four, 2, four, 2, 0, four, 2));
        Assert.Equal(1, Sgemm(raw, 77, 0, 0, 2, 2, 2, 1, four, 2, four, 2, 0, four, 2));
        Assert.Equal(7, Set(raw, "cublasSetMathMode", handle, 9));
        Assert.Equal(7, Set(raw, "cublasSetPointerMode_v2", handle, 2));
        Assert.Equal(0, Destroy(raw, handle));
        Assert.Equal(1, Destroy(raw, handle));
        Assert.Equal(0, raw.Cuda.Live.Cublas);
    }

    [Fact]
    public void TF32_rounds_where_it_is_chosen_and_the_device_has_it()
    {
        foreach ((int capability, int mode, bool rounds) in new[] { (90, 3, true), (90, 0, false), (90, 2, false), (75, 3, false) })
        {
            using RawCuda raw = RawCuda.Ready(new EmulationOptions { ComputeCapability = capability });
            nint handle = Handle(raw);
            Assert.Equal(0, Set(raw, "cublasSetMathMode", handle, mode));
            (ulong a, ulong b, ulong c) = (raw.Upload([1.0001f]), raw.Upload([1]), raw.Allocate(4));
            Assert.Equal(0, Sgemm(raw, handle, 0, 0, 1, 1, 1, 1, a, 1, b, 1, 0, c, 1));
            Assert.Equal(rounds ? 1 : 1.0001f, raw.Download(c, 1)[0]);
        }
    }

    [Fact]
    public void A_workspace_is_live_aligned_and_apart_from_the_operands()
    {
        using RawCuda raw = RawCuda.Ready();
        nint handle = Handle(raw);
        delegate* unmanaged<nint, ulong, nuint, int> set = (delegate* unmanaged<nint, ulong, nuint, int>)raw.CublasAt("cublasSetWorkspace_v2");
        ulong workspace = raw.Allocate(1024);
        (ulong a, ulong c) = (raw.Upload([1]), raw.Allocate(4));
        Assert.Equal(7, set(handle, workspace + 4, 64));
        Assert.Equal(7, set(handle, workspace, 2048));
        Assert.Equal(0, set(handle, workspace, 1024));
        Assert.Equal(0, Sgemm(raw, handle, 0, 0, 1, 1, 1, 1, a, 1, a, 1, 0, c, 1));
        Assert.Equal(0, raw.Free(workspace));
        Assert.Equal(13, Sgemm(raw, handle, 0, 0, 1, 1, 1, 1, a, 1, a, 1, 0, c, 1));

        using RawCuda other = RawCuda.Ready();
        handle = Handle(other);
        ulong both = other.Upload(Values(256, 4));
        set = (delegate* unmanaged<nint, ulong, nuint, int>)other.CublasAt("cublasSetWorkspace_v2");
        Assert.Equal(0, set(handle, both, 1024));
        Assert.Equal(13, Sgemm(other, handle, 0, 0, 1, 1, 1, 1, both, 1, both, 1, 0, other.Allocate(4), 1));
        Assert.Contains("overlaps", other.Cuda.LastFault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scalars_on_the_host_are_taken_when_it_is_called_and_those_on_the_device_when_it_runs()
    {
        using RawCuda raw = RawCuda.Ready();
        (nint handle, nint stream) = (Handle(raw), raw.Stream());
        Assert.Equal(0, ((delegate* unmanaged<nint, nint, int>)raw.CublasAt("cublasSetStream_v2"))(handle, stream));
        (ulong one, ulong scalars, ulong c, ulong d) = (raw.Upload([1]), raw.Upload([2, 0]), raw.Allocate(4), raw.Allocate(4));
        float[] host = GC.AllocateArray<float>(2, pinned: true);
        (host[0], host[1]) = (2, 0);
        Assert.Equal(0, raw.BeginCapture(stream));
        fixed (float* values = host)
        {
            Assert.Equal(0, Sgemm(raw, handle, 1, one, c, values, values + 1));
            Assert.Equal(0, Set(raw, "cublasSetPointerMode_v2", handle, 1));
            Assert.Equal(0, Sgemm(raw, handle, 1, one, d, (float*)scalars, (float*)(scalars + 4)));
            values[0] = 100;
        }

        Assert.Equal(0, raw.EndCapture(stream, out nint graph));
        Assert.Equal(0, raw.Fill(scalars, BitConverter.SingleToUInt32Bits(3), 1));
        Assert.Equal(0, raw.OfTwo("cuGraphLaunch", raw.Instantiate(graph), stream));
        Assert.Equal([2], raw.Download(c, 1));
        Assert.Equal([3], raw.Download(d, 1));
    }

    private static nint Handle(RawCuda raw)
    {
        nint handle;
        Assert.Equal(0, ((delegate* unmanaged<nint*, int>)raw.CublasAt("cublasCreate_v2"))(&handle));
        return handle;
    }

    private static int Destroy(RawCuda raw, nint handle) => ((delegate* unmanaged<nint, int>)raw.CublasAt("cublasDestroy_v2"))(handle);

    private static int Set(RawCuda raw, string export, nint handle, int value) =>
        ((delegate* unmanaged<nint, int, int>)raw.CublasAt(export))(handle, value);

    private static int Sgemm(RawCuda raw, nint handle, int n, ulong ab, ulong c, float* alpha, float* beta) =>
        ((delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, ulong, int, float*, ulong, int, int>)raw.CublasAt("cublasSgemm_v2"))(
            handle, 0, 0, n, n, n, alpha, ab, n, ab, n, beta, c, n);

    private static int Sgemm(
        RawCuda raw,
        nint handle,
        int transposeA,
        int transposeB,
        int m,
        int n,
        int k,
        float alpha,
        ulong a,
        int lda,
        ulong b,
        int ldb,
        float beta,
        ulong c,
        int ldc) =>
        ((delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, ulong, int, float*, ulong, int, int>)raw.CublasAt("cublasSgemm_v2"))(
            handle, transposeA, transposeB, m, n, k, &alpha, a, lda, b, ldb, &beta, c, ldc);

    private static float[] Values(int count, ulong seed)
    {
        float[] values = new float[count];
        RandomStream stream = new RandomStream(seed).Split("values");
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)stream.Uniform((ulong)i);
        }

        return values;
    }
}
