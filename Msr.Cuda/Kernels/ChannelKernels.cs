using Msr.Core.Memory;
using Msr.Core.Ops;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/channels.h: biases and moments of the channels of x [rows, C].</summary>
/// <param name="launcher">Starts the kernels.</param>
internal sealed class ChannelKernels(KernelLauncher launcher)
{
    /// <summary>Bytes of workspace for a bias gradient: one sum for each part and channel.</summary>
    public static long WorkspaceBytes(BiasGradient<float> op) => SumsOf(op.Dy).PartialBytes(1);

    /// <summary>Bytes of workspace for moments: two sums for each part and channel.</summary>
    public static long WorkspaceBytes(SegmentMoments<float> op) => SumsOf(op.X).PartialBytes(2);

    /// <summary>y[…,c] = x[…,c] + b[c].</summary>
    public void BiasAdd(BiasAdd<float> op) => Bias(Kernel.BiasAdd, op.X, op.B, op.Y);

    /// <summary>
    /// y[…,c] = s &lt; 0 ? 0 : s with s = x[…,c] + b[c]: <see cref="BiasAdd{T}"/> and <see cref="ReluForward{T}"/> in one pass, the same bits.
    /// </summary>
    /// <param name="bias">The sum.</param>
    /// <param name="relu">The rectifier, whose input is the sum.</param>
    /// <exception cref="ArgumentException">The rectifier reads another tensor.</exception>
    public void BiasRelu(BiasAdd<float> bias, ReluForward<float> relu)
    {
        if (relu.X != bias.Y)
        {
            throw new ArgumentException("A bias and a rectifier can be one kernel only where the rectifier reads the sum.", nameof(relu));
        }

        Bias(Kernel.BiasRelu, bias.X, bias.B, relu.Y);
    }

    /// <summary>db[c] = Σ dy[…,c], or db[c] plus that.</summary>
    public void BiasGradient(BiasGradient<float> op, ulong workspace)
    {
        RowLayout rows = SumsOf(op.Dy);
        launcher.Run(
            Kernel.ChannelSums, rows.Blocks, workspace, CudaMemory<float>.AddressOf(op.Dy), rows.Rows, rows.Channels, rows.RowsAPart);
        AddUp(op, workspace, rows);
    }

    /// <summary>Whether a bias gradient sums just what a rectifier's gradient leaves, row by row.</summary>
    /// <param name="relu">The rectifier's gradient.</param>
    /// <param name="bias">The bias gradient.</param>
    public static bool SumsGradient(ReluBackward<float> relu, BiasGradient<float> bias) => bias.Dy == relu.Dx;

    /// <summary>
    /// dx = y &gt; 0 ? dy : 0 and db[c] = Σ dx[…,c]: <see cref="ReluBackward{T}"/> and <see cref="BiasGradient{T}"/> with one pass over the rows, the
    /// same bits.
    /// </summary>
    /// <param name="relu">The rectifier's gradient.</param>
    /// <param name="bias">The bias gradient.</param>
    /// <param name="workspace">As much as the bias gradient needs alone.</param>
    /// <exception cref="ArgumentException">The bias gradient sums another tensor.</exception>
    public void ReluBackwardBiasGradient(ReluBackward<float> relu, BiasGradient<float> bias, ulong workspace)
    {
        if (!SumsGradient(relu, bias))
        {
            throw new ArgumentException("A rectifier's gradient and a bias gradient can be one pass only where the bias gradient sums it.", nameof(bias));
        }

        RowLayout rows = SumsOf(relu.Dx);
        launcher.Run(
            Kernel.ReluBackwardSums,
            rows.Blocks,
            CudaMemory<float>.AddressOf(relu.Dx),
            workspace,
            CudaMemory<float>.AddressOf(relu.Y),
            CudaMemory<float>.AddressOf(relu.Dy),
            rows.Rows,
            rows.Channels,
            rows.RowsAPart,
            relu.Accumulate);
        AddUp(bias, workspace, rows);
    }

    /// <summary>mean[c] = Σ x[…,c]/rows and square[c] = Σ x[…,c]²/rows.</summary>
    public void SegmentMoments(SegmentMoments<float> op, ulong workspace)
    {
        RowLayout rows = SumsOf(op.X);
        launcher.Run(
            Kernel.ChannelMoments, rows.Blocks, workspace, CudaMemory<float>.AddressOf(op.X), rows.Rows, rows.Channels, rows.RowsAPart);
        launcher.Run(
            Kernel.MomentsTotal,
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
        Kernel.BiasGradientTotal,
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
            rows.RowsAPart);
    }
}
