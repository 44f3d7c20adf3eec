using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/update.h: the isocline projection and the SGD step, separate and fused, and the direction of Adam.</summary>
/// <param name="launcher">The launcher.</param>
internal sealed class UpdateKernels(KernelLauncher launcher)
{
    // Both as in native/update.h: they decide the number of busy threads, not the result.
    private const uint ManySlices = 32768;
    private const uint LongSlice = 32;

    private readonly Kernel _isoclineProject = launcher.Find("isocline_project", "puuuf");
    private readonly Kernel _sgdStep = launcher.Find("sgd_step", "pppppufffu");
    private readonly Kernel _adamDirection = launcher.Find("adam_direction", "pppppufffff");

    /// <summary>x[o,t,i] ← x[o,t,i] − λ·Σ_t x[o,t,i]/taps.</summary>
    public void Project(IsoclineProject<float> op)
    {
        KernelLauncher.Count(op.X);
        (uint outer, uint taps, uint inner) = Extents(op);
        launcher.Run(_isoclineProject, Blocks(outer, taps, inner), CudaMemory<float>.AddressOf(op.X), outer, taps, inner, (float)op.Lambda);
    }

    /// <summary>d = g + decay·w; v ← momentum·v + gain·d; d = nesterov ? d + momentum·v : v; w ← w − rate·multiplier·d.</summary>
    public void SgdStep(SgdStep<float> op)
    {
        uint count = KernelLauncher.Count(op.W);
        launcher.Run(
            _sgdStep,
            KernelLauncher.BlocksFor(KernelLauncher.CeilingDivide(count, 4)),
            CudaMemory<float>.AddressOf(op.W),
            CudaMemory<float>.AddressOf(op.V),
            CudaMemory<float>.AddressOf(op.G),
            CudaMemory<float>.AddressOf(op.Rate),
            CudaMemory<float>.AddressOf(op.Gain),
            count,
            (float)op.Settings.Momentum,
            (float)op.Settings.WeightDecay,
            (float)op.Settings.RateMultiplier,
            op.Settings.Nesterov);
    }

    /// <summary>m ← β1·m + (1 − β1)·g; v ← β2·v + (1 − β2)·g²; d = m·correction[0] / (√(v·correction[1]) + ε).</summary>
    public void AdamDirection(AdamDirection<float> op)
    {
        uint count = KernelLauncher.Count(op.G);
        launcher.Run(
            _adamDirection,
            KernelLauncher.BlocksFor(KernelLauncher.CeilingDivide(count, 4)),
            CudaMemory<float>.AddressOf(op.M),
            CudaMemory<float>.AddressOf(op.V),
            CudaMemory<float>.AddressOf(op.D),
            CudaMemory<float>.AddressOf(op.G),
            CudaMemory<float>.AddressOf(op.Correction),
            count,
            (float)op.Settings.Beta1,
            (float)(1 - op.Settings.Beta1),
            (float)op.Settings.Beta2,
            (float)(1 - op.Settings.Beta2),
            (float)op.Settings.Epsilon);
    }

    private static (uint Outer, uint Taps, uint Inner) Extents(IsoclineProject<float> op) =>
        ((uint)op.X.Shape[0], (uint)op.X.Shape[1], (uint)op.X.Shape[2]);

    private static uint Blocks(uint outer, uint taps, uint inner)
    {
        if (inner == 1 && taps >= LongSlice)
        {
            return KernelLauncher.BlocksOfWarpsFor(outer);
        }

        uint slices = outer * inner;
        return KernelLauncher.BlocksFor(inner % 4 == 0 && slices >= ManySlices ? slices / 4 : slices);
    }
}
