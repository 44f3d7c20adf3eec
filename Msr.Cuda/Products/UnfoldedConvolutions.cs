using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda.Interop;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Products;

/// <summary>A method of computing convolutions. An algorithm is chosen and cached when an op is prepared; running it allocates nothing.</summary>
internal interface IConvolutions : IDisposable
{
    /// <summary>The library that computes, for reports.</summary>
    string Description { get; }

    /// <summary>Chooses how to compute a convolution.</summary>
    /// <param name="op">The op. Only its direction, geometry and number of samples matter.</param>
    /// <returns>The bytes of workspace that running it needs.</returns>
    long Prepare(ConvolutionOp<float> op);

    /// <summary>The name of the algorithm that is chosen, for reports.</summary>
    /// <param name="op">The op.</param>
    string AlgorithmOf(ConvolutionOp<float> op);

    /// <summary>Queues a convolution that was prepared.</summary>
    /// <param name="op">The op.</param>
    /// <param name="workspace">The address of the workspace.</param>
    void Run(ConvolutionOp<float> op, ulong workspace);
}

/// <summary>
/// Convolutions as matrix products: the input is unfolded to columns [samples·P·Q, R·S·C/G], group by group and a few samples at a time, and
/// cuBLAS multiplies. Every geometry is supported. The number of samples at a time follows from the geometry alone.
/// </summary>
/// <param name="unfold">The kernels that unfold and fold.</param>
/// <param name="products">Matrix products.</param>
internal sealed class UnfoldedConvolutions(UnfoldKernels unfold, CublasHandle products) : IConvolutions
{
    private const long MaxColumnBytes = 64L << 20;

    /// <inheritdoc/>
    public string Description => "unfolding and cuBLAS";

    /// <inheritdoc/>
    public long Prepare(ConvolutionOp<float> op) =>
        IsPointwise(op.Geometry) ? 0 : Math.Min(op.Samples, ChunkOf(op.Geometry)) * BytesOfSample(op.Geometry);

    /// <inheritdoc/>
    public string AlgorithmOf(ConvolutionOp<float> op) => IsPointwise(op.Geometry) ? "cublas" : "unfolded";

    /// <inheritdoc/>
    public void Run(ConvolutionOp<float> op, ulong workspace)
    {
        switch (op.Direction)
        {
            case ConvDirection.Forward:
                Forward(op, workspace);
                break;
            case ConvDirection.BackwardData:
                BackwardData(op, workspace);
                break;
            default:
                BackwardFilter(op, workspace);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Kernels and cuBLAS belong to the device.
    }

    private void Forward(ConvolutionOp<float> op, ulong workspace)
    {
        ConvGeometry g = op.Geometry;
        ulong x = CudaMemory<float>.AddressOf(op.Images), w = CudaMemory<float>.AddressOf(op.Filters), y = CudaMemory<float>.AddressOf(op.Outputs);
        for (int first = 0, samples = op.Samples; first < samples; first += ChunkOf(g))
        {
            int count = Math.Min(ChunkOf(g), samples - first), rows = count * g.P * g.Q, inner = g.Taps * g.GroupC;
            for (int group = 0; group < g.Groups; group++)
            {
                (ulong columns, int stride) = Unfold(g, x, first, count, group, workspace);
                products.MatrixProduct(
                    false, true, rows, g.GroupK, inner, 1, columns, stride, FiltersOf(g, w, group), inner, op.Accumulate ? 1 : 0, OutputOf(g, y, first, group), g.K);
            }
        }
    }

    private void BackwardData(ConvolutionOp<float> op, ulong workspace)
    {
        ConvGeometry g = op.Geometry;
        ulong dy = CudaMemory<float>.AddressOf(op.Outputs), w = CudaMemory<float>.AddressOf(op.Filters), dx = CudaMemory<float>.AddressOf(op.Images);
        bool pointwise = IsPointwise(g);
        for (int first = 0, samples = op.Samples; first < samples; first += ChunkOf(g))
        {
            int count = Math.Min(ChunkOf(g), samples - first), rows = count * g.P * g.Q, inner = g.Taps * g.GroupC;
            for (int group = 0; group < g.Groups; group++)
            {
                (ulong columns, int stride) = pointwise ? (InputOf(g, dx, first, group), g.C) : (workspace, inner);
                products.MatrixProduct(
                    false,
                    false,
                    rows,
                    inner,
                    g.GroupK,
                    1,
                    OutputOf(g, dy, first, group),
                    g.K,
                    FiltersOf(g, w, group),
                    inner,
                    pointwise && op.Accumulate ? 1 : 0,
                    columns,
                    stride);
                if (!pointwise)
                {
                    unfold.Fold(g, InputOf(g, dx, first, 0), workspace, count, group, op.Accumulate);
                }
            }
        }
    }

    private void BackwardFilter(ConvolutionOp<float> op, ulong workspace)
    {
        ConvGeometry g = op.Geometry;
        ulong x = CudaMemory<float>.AddressOf(op.Images), dy = CudaMemory<float>.AddressOf(op.Outputs), dw = CudaMemory<float>.AddressOf(op.Filters);
        for (int first = 0, samples = op.Samples; first < samples; first += ChunkOf(g))
        {
            int count = Math.Min(ChunkOf(g), samples - first), rows = count * g.P * g.Q, inner = g.Taps * g.GroupC;
            for (int group = 0; group < g.Groups; group++)
            {
                (ulong columns, int stride) = Unfold(g, x, first, count, group, workspace);
                products.MatrixProduct(
                    true,
                    false,
                    g.GroupK,
                    inner,
                    rows,
                    1,
                    OutputOf(g, dy, first, group),
                    g.K,
                    columns,
                    stride,
                    op.Accumulate || first > 0 ? 1 : 0,
                    FiltersOf(g, dw, group),
                    inner);
            }
        }
    }

    /// <summary>With one tap, stride 1 and no padding, the input is its own unfolding.</summary>
    private static bool IsPointwise(ConvGeometry g) => g is { R: 1, S: 1, StrideH: 1, StrideW: 1 } && g.Padding == default;

    private static long BytesOfSample(ConvGeometry g) => (long)g.P * g.Q * g.Taps * g.GroupC * sizeof(float);

    private static int ChunkOf(ConvGeometry g) => (int)Math.Clamp(MaxColumnBytes / BytesOfSample(g), 1, int.MaxValue / ((long)g.P * g.Q));

    private static ulong InputOf(ConvGeometry g, ulong x, int sample, int group) => x + Bytes(((long)sample * g.H * g.W * g.C) + (group * g.GroupC));

    private static ulong OutputOf(ConvGeometry g, ulong y, int sample, int group) => y + Bytes(((long)sample * g.P * g.Q * g.K) + (group * g.GroupK));

    private static ulong FiltersOf(ConvGeometry g, ulong w, int group) => w + Bytes((long)group * g.GroupK * g.Taps * g.GroupC);

    private static ulong Bytes(long elements) => (ulong)(elements * sizeof(float));

    private (ulong Columns, int Stride) Unfold(ConvGeometry g, ulong x, int first, int count, int group, ulong workspace)
    {
        if (IsPointwise(g))
        {
            return (InputOf(g, x, first, group), g.C);
        }

        unfold.Unfold(g, workspace, InputOf(g, x, first, 0), count, group);
        return (workspace, g.Taps * g.GroupC);
    }
}
