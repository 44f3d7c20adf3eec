using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/noise.h.</summary>
/// <param name="launcher">The launcher.</param>
internal sealed class NoiseKernels(KernelLauncher launcher)
{
    private const uint ElementsPerBlock = 4096;

    private readonly Kernel _noiseApply = launcher.Find("noise_apply", "pppppuuuuuup");

    /// <summary>Whether the op is supported: x needs an axis of samples and one of channels.</summary>
    public static bool Supports(NoiseApply<float> op) => op.X.Shape.Rank >= 2;

    /// <summary>y = x·(1 + d·z) or x + d·z, one z for each sample and channel.</summary>
    /// <exception cref="NotSupportedException">Kernels do not support the distribution, or x has one axis.</exception>
    public void Apply(NoiseApply<float> op)
    {
        if (!Supports(op))
        {
            throw new NotSupportedException($"Noise needs x [N, ..., C] on CUDA, not {op.X.Shape}.");
        }

        uint samples = (uint)op.X.Shape[0], channels = (uint)op.X.Shape.Inner, rows = KernelLauncher.Count(op.X) / samples / channels;
        uint rowsPerPart = KernelLauncher.CeilingDivide(ElementsPerBlock, channels), parts = KernelLauncher.CeilingDivide(rows, rowsPerPart);
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
            rowsPerPart,
            op.Settings.Distribution switch
            {
                NoiseDistribution.Uniform => 0u,
                NoiseDistribution.Gaussian => 1u,
                NoiseDistribution.Shift => 2u,
                _ => throw new NotSupportedException($"CUDA kernels do not support the noise {op.Settings.Distribution}."),
            },
            (uint)op.Settings.Site,
            op.Settings.Key);
    }
}
