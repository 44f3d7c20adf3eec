using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/channels.h: biases and moments of the channels of x [rows, C].</summary>
/// <param name="launcher">The launcher.</param>
internal sealed class ChannelKernels(KernelLauncher launcher)
{
    private readonly Kernel _biasAdd = launcher.Find("bias_add", "pppuuu");
    private readonly Kernel _biasRelu = launcher.Find("bias_relu", "pppuuu");
    private readonly Kernel _channelSums = launcher.Find("channel_sums", "ppuuu");
    private readonly Kernel _reluBackwardSums = launcher.Find("relu_backward_sums", "ppppuuuu");
    private readonly Kernel _channelMoments = launcher.Find("channel_moments", "ppuuu");
    private readonly Kernel _biasGradientTotal = launcher.Find("bias_gradient_total", "ppuuu");
    private readonly Kernel _momentsTotal = launcher.Find("moments_total", "pppuuu");

    /// <summary>Bytes of workspace for a bias gradient: one sum for each part and channel.</summary>
    public static long WorkspaceBytes(BiasGradient<float> op) => SumsOf(op.Dy).PartialBytes(1);

    /// <summary>Bytes of workspace for moments: two sums for each part and channel.</summary>
    public static long WorkspaceBytes(SegmentMoments<float> op) => SumsOf(op.X).PartialBytes(2);

    /// <summary>y[…,c] = x[…,c] + b[c].</summary>
    public void BiasAdd(BiasAdd<float> op) => Bias(_biasAdd, op.X, op.B, op.Y);

    /// <summary>
    /// y[…,c] = s &lt; 0 ? 0 : s with s = x[…,c] + b[c]: <see cref="BiasAdd{T}"/> and <see cref="ReluForward{T}"/> in one pass, the same bits.
    /// </summary>
    /// <param name="bias">The sum.</param>
    /// <param name="relu">The ReLU, whose input is the sum.</param>
    /// <exception cref="ArgumentException">The ReLU reads another tensor.</exception>
    public void BiasRelu(BiasAdd<float> bias, ReluForward<float> relu)
    {
        if (relu.X != bias.Y)
        {
            throw new ArgumentException("A bias and a ReLU can be fused only where the ReLU reads the sum.", nameof(relu));
        }

        Bias(_biasRelu, bias.X, bias.B, relu.Y);
    }

    /// <summary>db[c] = Σ dy[…,c], or db[c] plus that.</summary>
    public void BiasGradient(BiasGradient<float> op, ulong workspace)
    {
        RowLayout rows = SumsOf(op.Dy);
        Sums(workspace, CudaMemory<float>.AddressOf(op.Dy), rows);
        AddUp(op, workspace, rows);
    }

    /// <summary>partials[part,c] = Σ x[row,c] over the rows of the part.</summary>
    /// <param name="partials">The device address of the partial sums.</param>
    /// <param name="x">The device address of x.</param>
    /// <param name="rows">The layout for sums.</param>
    public void Sums(ulong partials, ulong x, RowLayout rows) =>
        launcher.Run(_channelSums, rows.Blocks, partials, x, rows.Rows, rows.Channels, rows.RowsPerPart);

    /// <summary>Whether a bias gradient sums exactly the result of a ReLU gradient.</summary>
    /// <param name="relu">The ReLU gradient.</param>
    /// <param name="bias">The bias gradient.</param>
    public static bool SumsGradient(ReluBackward<float> relu, BiasGradient<float> bias) => bias.Dy == relu.Dx;

    /// <summary>
    /// dx = y &gt; 0 ? dy : 0 and db[c] = Σ dx[…,c]: <see cref="ReluBackward{T}"/> and <see cref="BiasGradient{T}"/> with one pass over the rows, the
    /// same bits.
    /// </summary>
    /// <param name="relu">The ReLU gradient.</param>
    /// <param name="bias">The bias gradient.</param>
    /// <param name="workspace">The workspace of the bias gradient.</param>
    /// <exception cref="ArgumentException">The bias gradient sums another tensor.</exception>
    public void ReluBackwardBiasGradient(ReluBackward<float> relu, BiasGradient<float> bias, ulong workspace)
    {
        if (!SumsGradient(relu, bias))
        {
            throw new ArgumentException("A ReLU gradient and a bias gradient can be fused only where the bias gradient sums that gradient.", nameof(bias));
        }

        RowLayout rows = SumsOf(relu.Dx);
        launcher.Run(
            _reluBackwardSums,
            rows.Blocks,
            CudaMemory<float>.AddressOf(relu.Dx),
            workspace,
            CudaMemory<float>.AddressOf(relu.Y),
            CudaMemory<float>.AddressOf(relu.Dy),
            rows.Rows,
            rows.Channels,
            rows.RowsPerPart,
            relu.Accumulate);
        AddUp(bias, workspace, rows);
    }

    /// <summary>mean[c] = Σ x[…,c]/rows and square[c] = Σ x[…,c]²/rows.</summary>
    public void SegmentMoments(SegmentMoments<float> op, ulong workspace)
    {
        RowLayout rows = SumsOf(op.X);
        launcher.Run(
            _channelMoments, rows.Blocks, workspace, CudaMemory<float>.AddressOf(op.X), rows.Rows, rows.Channels, rows.RowsPerPart);
        launcher.Run(
            _momentsTotal,
            KernelLauncher.BlocksOfWarpsFor(rows.Channels),
            CudaMemory<float>.AddressOf(op.Mean),
            CudaMemory<float>.AddressOf(op.Square),
            workspace,
            rows.Channels,
            rows.Parts,
            rows.Rows);
    }

    private static RowLayout SumsOf(TensorRef<float> x) => RowLayout.ForSums(KernelLauncher.Count(x), x.Shape.Inner);

    private void AddUp(BiasGradient<float> op, ulong partials, RowLayout rows) => launcher.Run(
        _biasGradientTotal,
        KernelLauncher.BlocksOfWarpsFor(rows.Channels),
        CudaMemory<float>.AddressOf(op.Db),
        partials,
        rows.Channels,
        rows.Parts,
        op.Accumulate);

    private void Bias(Kernel kernel, TensorRef<float> x, TensorRef<float> b, TensorRef<float> y)
    {
        RowLayout rows = RowLayout.ForElements(KernelLauncher.Count(x), x.Shape.Inner);
        launcher.Run(
            kernel,
            rows.Blocks,
            CudaMemory<float>.AddressOf(y),
            CudaMemory<float>.AddressOf(x),
            CudaMemory<float>.AddressOf(b),
            rows.Rows,
            rows.Channels,
            rows.RowsPerPart);
    }
}

/// <summary>
/// The division of rows of channels [rows, C] among blocks, the mirror of native/channels.h: tiles of up to eight quads of channels, 256/quads rows
/// side by side, and parts of the rows. It follows from rows and C alone, as do the bits of sums over rows.
/// </summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Channels">The number of channels, C.</param>
/// <param name="RowsPerPart">Rows of a part; the last may have fewer.</param>
internal readonly record struct RowLayout(uint Rows, uint Channels, uint RowsPerPart)
{
    private const uint RowsPerThread = 4;
    private const uint RowsPerSummingThread = 8;
    private const uint MaxParts = 512;

    /// <summary>The number of parts.</summary>
    public uint Parts => KernelLauncher.CeilingDivide(Rows, RowsPerPart);

    /// <summary>The number of blocks: parts times tiles.</summary>
    public uint Blocks => Parts * KernelLauncher.CeilingDivide(KernelLauncher.CeilingDivide(Channels, 4), TileQuads(Channels));

    /// <summary>The layout for elementwise kernels.</summary>
    /// <param name="elements">Rows times channels.</param>
    /// <param name="channels">The number of channels.</param>
    public static RowLayout ForElements(uint elements, int channels) =>
        new(elements / (uint)channels, (uint)channels, RowsPerThread * RowsPerTile((uint)channels));

    /// <summary>The layout for kernels that sum over rows: enough parts to fill a device, few enough for one warp to add up.</summary>
    /// <param name="elements">Rows times channels.</param>
    /// <param name="channels">The number of channels.</param>
    public static RowLayout ForSums(uint elements, int channels)
    {
        uint rows = elements / (uint)channels, rowsPerTile = RowsPerTile((uint)channels);
        uint rounds = Math.Max(RowsPerSummingThread, KernelLauncher.CeilingDivide(rows, rowsPerTile * MaxParts));
        return new RowLayout(rows, (uint)channels, rounds * rowsPerTile);
    }

    /// <summary>Bytes of the partial sums.</summary>
    /// <param name="sums">The number of sums for each channel.</param>
    public long PartialBytes(int sums) => (long)Parts * sums * Channels * sizeof(float);

    private static uint TileQuads(uint channels)
    {
        uint quads = KernelLauncher.CeilingDivide(channels, 4);
        return quads > 4 ? 8 : quads > 2 ? 4 : quads;
    }

    private static uint RowsPerTile(uint channels) => KernelLauncher.Threads / TileQuads(channels);
}
