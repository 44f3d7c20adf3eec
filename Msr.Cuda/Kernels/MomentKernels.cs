using Msr.Core.Ops;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/moments.h: the direction of Adam.</summary>
/// <param name="launcher">Starts the kernels.</param>
internal sealed class MomentKernels(KernelLauncher launcher)
{
    /// <summary>m ← β1·m + (1 − β1)·g; v ← β2·v + (1 − β2)·g²; d = m·correction[0] / (√(v·correction[1]) + ε).</summary>
    public void Direction(AdamDirection<float> op)
    {
        uint count = KernelLauncher.Count(op.G);
        launcher.Run(
            Kernel.AdamDirection,
            KernelLauncher.BlocksFor(KernelLauncher.Pieces(count, 4)),
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
}
