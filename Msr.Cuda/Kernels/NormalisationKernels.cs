using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/normalisation.h, over rows of channels.</summary>
/// <param name="launcher">The launcher.</param>
/// <param name="channels">The launches of native/channels.h, for the sums of channels.</param>
internal sealed class NormalisationKernels(KernelLauncher launcher, ChannelKernels channels)
{
    private readonly Kernel _batchNormMean = launcher.Find("batch_norm_mean", "ppuuu");
    private readonly Kernel _batchNormDeviations = launcher.Find("batch_norm_deviations", "pppuuu");
    private readonly Kernel _batchNormVariance = launcher.Find("batch_norm_variance", "pppppuuuf");
    private readonly Kernel _batchNormNormalize = launcher.Find("batch_norm_normalize", "ppppppuuuf");
    private readonly Kernel _batchNormProducts = launcher.Find("batch_norm_products", "pppppuuuf");
    private readonly Kernel _batchNormGradients = launcher.Find("batch_norm_gradients", "ppppuu");
    private readonly Kernel _batchNormBackward = launcher.Find("batch_norm_backward", "pppppppuuufu");

    /// <summary>Bytes of workspace for the statistics: one sum for each part and channel, for the mean and then for the variance.</summary>
    public static long WorkspaceBytes(BatchNormForward<float> op) => SumsOf(op.X).PartialBytes(1);

    /// <summary>Bytes of workspace for the gradients: two sums for each part and channel, and both totals.</summary>
    public static long WorkspaceBytes(BatchNormBackward<float> op) =>
        SumsOf(op.X).PartialBytes(2) + (2L * op.X.Shape.Inner * sizeof(float));

    /// <summary>y = γ·(x − mean)/√(variance + ε) + β with the batch's statistics, which also update the running ones.</summary>
    public void BatchNormForward(BatchNormForward<float> op, ulong workspace)
    {
        RowLayout rows = SumsOf(op.X);
        ulong x = CudaMemory<float>.AddressOf(op.X);
        ulong mean = CudaMemory<float>.AddressOf(op.Mean), variance = CudaMemory<float>.AddressOf(op.Variance);
        uint warps = KernelLauncher.BlocksOfWarpsFor(rows.Channels);
        channels.Sums(workspace, x, rows);
        launcher.Run(_batchNormMean, warps, mean, workspace, rows.Channels, rows.Parts, rows.Rows);
        launcher.Run(_batchNormDeviations, rows.Blocks, workspace, x, mean, rows.Rows, rows.Channels, rows.RowsPerPart);
        launcher.Run(
            _batchNormVariance,
            warps,
            variance,
            CudaMemory<float>.AddressOf(op.RunningMean),
            CudaMemory<float>.AddressOf(op.RunningVariance),
            workspace,
            mean,
            rows.Channels,
            rows.Parts,
            rows.Rows,
            (float)op.Momentum);
        Normalize(op.X, op.Gamma, op.Beta, mean, variance, op.Y, op.Epsilon);
    }

    /// <summary>y = γ·(x − mean)/√(variance + ε) + β with the running statistics.</summary>
    public void BatchNormInference(BatchNormInference<float> op) => Normalize(
        op.X,
        op.Gamma,
        op.Beta,
        CudaMemory<float>.AddressOf(op.RunningMean),
        CudaMemory<float>.AddressOf(op.RunningVariance),
        op.Y,
        op.Epsilon);

    /// <summary>dβ += Σ dy, dγ += Σ dy·x̂, dx = γ/√(variance + ε)·(dy − Σ dy/rows − x̂·Σ dy·x̂/rows).</summary>
    public void BatchNormBackward(BatchNormBackward<float> op, ulong workspace)
    {
        RowLayout sums = SumsOf(op.X), each = ElementsOf(op.X);
        ulong x = CudaMemory<float>.AddressOf(op.X), dy = CudaMemory<float>.AddressOf(op.Dy);
        ulong mean = CudaMemory<float>.AddressOf(op.Mean), variance = CudaMemory<float>.AddressOf(op.Variance);
        ulong totals = workspace + (ulong)sums.PartialBytes(2);
        float epsilon = (float)op.Epsilon;
        launcher.Run(
            _batchNormProducts, sums.Blocks, workspace, x, dy, mean, variance, sums.Rows, sums.Channels, sums.RowsPerPart, epsilon);
        launcher.Run(
            _batchNormGradients,
            KernelLauncher.BlocksOfWarpsFor(sums.Channels),
            CudaMemory<float>.AddressOf(op.Dgamma),
            CudaMemory<float>.AddressOf(op.Dbeta),
            totals,
            workspace,
            sums.Channels,
            sums.Parts);
        launcher.Run(
            _batchNormBackward,
            each.Blocks,
            CudaMemory<float>.AddressOf(op.Dx),
            x,
            dy,
            CudaMemory<float>.AddressOf(op.Gamma),
            mean,
            variance,
            totals,
            each.Rows,
            each.Channels,
            each.RowsPerPart,
            epsilon,
            op.FixedStatistics);
    }

    private static RowLayout SumsOf(TensorRef<float> x) => RowLayout.ForSums(KernelLauncher.Count(x), x.Shape.Inner);

    private static RowLayout ElementsOf(TensorRef<float> x) => RowLayout.ForElements(KernelLauncher.Count(x), x.Shape.Inner);

    private void Normalize(
        TensorRef<float> x, TensorRef<float> gamma, TensorRef<float> beta, ulong mean, ulong variance, TensorRef<float> y, double epsilon)
    {
        RowLayout rows = ElementsOf(x);
        launcher.Run(
            _batchNormNormalize,
            rows.Blocks,
            CudaMemory<float>.AddressOf(y),
            CudaMemory<float>.AddressOf(x),
            CudaMemory<float>.AddressOf(gamma),
            CudaMemory<float>.AddressOf(beta),
            mean,
            variance,
            rows.Rows,
            rows.Channels,
            rows.RowsPerPart,
            (float)epsilon);
    }
}
