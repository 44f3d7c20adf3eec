using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/loss.h: softmax cross-entropy over logits [N, K], one warp per sample.</summary>
/// <param name="launcher">The launcher.</param>
internal sealed class LossKernels(KernelLauncher launcher)
{
    private const uint MaxCounts = 256;

    private readonly Kernel _lossForward = launcher.Find("loss_forward", "pppuuff");
    private readonly Kernel _lossBackward = launcher.Find("loss_backward", "ppppuuff");
    private readonly Kernel _countCorrect = launcher.Find("count_correct", "pppuu");
    private readonly Kernel _countTotal = launcher.Find("count_total", "ppu");

    /// <summary>Bytes of workspace for a count: one integer per block, none for one block.</summary>
    public static long WorkspaceBytes(CountCorrect<float> op)
    {
        uint blocks = CountingBlocks(op);
        return blocks == 1 ? 0 : blocks * (long)sizeof(int);
    }

    /// <summary>loss[n] = −Σ_k q_k·log softmax(logits[n])_k.</summary>
    public void Forward(LossForward<float> op)
    {
        KernelLauncher.Count(op.Logits);
        (uint rows, uint classes) = ((uint)op.Logits.Shape[0], (uint)op.Logits.Shape[1]);
        launcher.Run(
            _lossForward,
            KernelLauncher.BlocksOfWarpsFor(rows),
            CudaMemory<float>.AddressOf(op.Loss),
            CudaMemory<float>.AddressOf(op.Logits),
            CudaMemory<int>.AddressOf(op.Labels),
            rows,
            classes,
            Target(isLabel: true, op.Smoothing, classes),
            Target(isLabel: false, op.Smoothing, classes));
    }

    /// <summary>dlogits[n,k] = scale·(softmax(logits[n])_k − q_k).</summary>
    public void Backward(LossBackward<float> op)
    {
        KernelLauncher.Count(op.Logits);
        (uint rows, uint classes) = ((uint)op.Logits.Shape[0], (uint)op.Logits.Shape[1]);
        launcher.Run(
            _lossBackward,
            KernelLauncher.BlocksOfWarpsFor(rows),
            CudaMemory<float>.AddressOf(op.Dlogits),
            CudaMemory<float>.AddressOf(op.Logits),
            CudaMemory<int>.AddressOf(op.Labels),
            CudaMemory<float>.AddressOf(op.Scale),
            rows,
            classes,
            Target(isLabel: true, op.Smoothing, classes),
            Target(isLabel: false, op.Smoothing, classes));
    }

    /// <summary>The number of samples whose first largest logit is at their label.</summary>
    public void CountCorrect(CountCorrect<float> op, ulong workspace)
    {
        KernelLauncher.Count(op.Logits);
        uint blocks = CountingBlocks(op);
        ulong count = CudaMemory<int>.AddressOf(op.Count);
        launcher.Run(
            _countCorrect,
            blocks,
            blocks == 1 ? count : workspace,
            CudaMemory<float>.AddressOf(op.Logits),
            CudaMemory<int>.AddressOf(op.Labels),
            (uint)op.Logits.Shape[0],
            (uint)op.Logits.Shape[1]);
        if (blocks > 1)
        {
            launcher.Run(_countTotal, 1, count, workspace, blocks);
        }
    }

    private static uint CountingBlocks(CountCorrect<float> op) =>
        Math.Min(KernelLauncher.BlocksOfWarpsFor((uint)op.Logits.Shape[0]), MaxCounts);

    private static float Target(bool isLabel, double smoothing, uint classes) => (float)((isLabel ? 1 - smoothing : 0) + (smoothing / classes));
}
