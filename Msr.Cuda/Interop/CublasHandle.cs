namespace Msr.Cuda.Interop;

/// <summary>
/// Matrix products on one stream, in float32. It has a workspace of its own, without which products could not be recorded and their bits
/// could change from run to run. Its context must be current; one thread at a time.
/// </summary>
internal sealed unsafe class CublasHandle : ContextHandle
{
    private const int ScalarsOnHost = 0;
    private const int Pedantic = 2;
    private const int Tf32Products = 3;

    private readonly CublasApi _api;

    /// <summary>Opens cuBLAS.</summary>
    /// <param name="api">cuBLAS.</param>
    /// <param name="stream">The stream. It stays alive until this is released.</param>
    /// <param name="workspace">Workspace for the exclusive use of this handle. It stays alive until this is released.</param>
    /// <param name="tf32">Whether products may round their inputs to TF32; without, nothing rounds but float32.</param>
    /// <exception cref="CudaException">cuBLAS refuses.</exception>
    public CublasHandle(CublasApi api, CudaStream stream, DeviceAllocation workspace, bool tf32)
        : base(Checked(stream).Context)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(workspace);
        _api = api;
        nint made;
        api.Check(api.cublasCreate_v2(&made));
        Own(made, stream, workspace);
        try
        {
            int version;
            api.Check(api.cublasGetVersion_v2(made, &version));
            Version = version;
            api.Check(api.cublasSetPointerMode_v2(made, ScalarsOnHost));
            api.Check(api.cublasSetMathMode(made, tf32 ? Tf32Products : Pedantic));

            // The stream first: setting it resets the workspace.
            api.Check(api.cublasSetStream_v2(made, stream.Handle));
            api.Check(api.cublasSetWorkspace_v2(made, workspace.Address, (nuint)workspace.Bytes));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The version as cuBLAS numbers it, such as 130000.</summary>
    public int Version { get; }

    /// <summary>
    /// Queues C = alpha·op(A)·op(B) + beta·C, all row-major: op(A) [m, k], op(B) [k, n], C [m, n]. cuBLAS, which is column-major, sees
    /// each matrix transposed and computes Cᵀ = alpha·op(B)ᵀ·op(A)ᵀ + beta·Cᵀ. With beta 0, C is only written.
    /// </summary>
    /// <param name="transposeA">Whether op transposes A, which is then stored [k, m].</param>
    /// <param name="transposeB">Whether op transposes B, which is then stored [n, k].</param>
    /// <param name="m">The rows of C.</param>
    /// <param name="n">The columns of C.</param>
    /// <param name="k">The length of the sums.</param>
    /// <param name="alpha">The factor of the product.</param>
    /// <param name="a">The device address of A.</param>
    /// <param name="lda">The elements from a row of A as stored to the next.</param>
    /// <param name="b">The device address of B.</param>
    /// <param name="ldb">The elements from a row of B as stored to the next.</param>
    /// <param name="beta">The factor of what C holds.</param>
    /// <param name="c">The device address of C.</param>
    /// <param name="ldc">The elements from a row of C to the next.</param>
    /// <exception cref="CudaException">cuBLAS refuses; the message has the sizes.</exception>
    public void MatrixProduct(
        bool transposeA,
        bool transposeB,
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
        int ldc)
    {
        int status = _api.cublasSgemm_v2(
            Live, transposeB ? 1 : 0, transposeA ? 1 : 0, n, m, k, &alpha, b, ldb, a, lda, &beta, c, ldc);
        if (status != 0)
        {
            throw _api.Failure(status, nameof(_api.cublasSgemm_v2), $"of [{m}, {k}] by [{k}, {n}]");
        }
    }

    /// <inheritdoc/>
    protected override bool Release(nint owned) => _api.cublasDestroy_v2(owned) == 0;

    private static CudaStream Checked(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream;
    }
}
