using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/noise.h.</summary>
/// <param name="launcher">The launcher.</param>
internal sealed class NoiseKernels(KernelLauncher launcher)
{
    private const uint ElementsABlock = 4096;

    private readonly Kernel _noiseApply = launcher.Find("noise_apply", "pppppuuuuuup");

    /// <summary>Whether the op can run: a map needs a sample and a channel of its own, so x has at least two axes.</summary>
    public static bool Supports(NoiseApply<float> op) => op.X.Shape.Rank >= 2;

    /// <summary>y = x·(1 + d·z) or x + d·z, one z for each sample and channel.</summary>
    /// <exception cref="NotSupportedException">Kernels do not know the distribution, or x has one axis.</exception>
    public void Apply(NoiseApply<float> op)
    {
        if (!Supports(op))
        {
            throw new NotSupportedException($"CUDA kernels take noise on x [N, ..., C], not {op.X.Shape}.");
        }

        uint samples = (uint)op.X.Shape[0], channels = (uint)op.X.Shape.Inner, rows = KernelLauncher.Count(op.X) / samples / channels;
        uint rowsAPart = KernelLauncher.Pieces(ElementsABlock, channels), parts = KernelLauncher.Pieces(rows, rowsAPart);
        launcher.Run(
            _noiseApply,
            samples * parts,
            CudaMemory<float>.AddressOf(op.Y),
            CudaMemory<float>.AddressOf(op.X),
            CudaMemory<int>.AddressOf(op.Samples),
            CudaMemory<int>.AddressOf(op.Step),
            CudaMemory<float>.AddressOf(op.Strength),
            rows,
            channels,
            parts,
            rowsAPart,
            op.Settings.Distribution switch
            {
                NoiseDistribution.Uniform => 0u,
                NoiseDistribution.Gaussian => 1u,
                NoiseDistribution.Shift => 2u,
                _ => throw new NotSupportedException($"CUDA kernels do not know the noise {op.Settings.Distribution}."),
            },
            (uint)op.Settings.Site,
            op.Settings.Key);
    }
}
