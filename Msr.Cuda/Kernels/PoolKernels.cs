using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/pool.h and native/shortcut.h: windows over planes, channels last.</summary>
/// <param name="launcher">Starts the kernels.</param>
internal sealed class PoolKernels(KernelLauncher launcher)
{
    /// <summary>y = max x over the window; argmax = h·W + w of the first maximum.</summary>
    public void MaxForward(MaxPoolForward<float> op) => launcher.Run(
        Kernel.MaxPoolForward,
        Blocks(op.Y.Shape),
        PoolShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Y),
        CudaMemory<int>.AddressOf(op.Argmax),
        CudaMemory<float>.AddressOf(op.X),
        Samples(op.X.Shape));

    /// <summary>dx[n, argmax, c] += dy[n,p,q,c].</summary>
    public void MaxBackward(MaxPoolBackward<float> op) => launcher.Run(
        Kernel.MaxPoolBackward,
        Blocks(op.Dx.Shape),
        PoolShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Dx),
        CudaMemory<float>.AddressOf(op.Dy),
        CudaMemory<int>.AddressOf(op.Argmax),
        Samples(op.Dx.Shape),
        op.Accumulate);

    /// <summary>y = Σ x over the window / divisor(p, q).</summary>
    public void MeanForward(MeanPoolForward<float> op) => launcher.Run(
        Kernel.MeanPoolForward,
        Blocks(op.Y.Shape),
        PoolShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Y),
        CudaMemory<float>.AddressOf(op.X),
        Samples(op.X.Shape));

    /// <summary>dx += dy/divisor for every window an element lies in.</summary>
    public void MeanBackward(MeanPoolBackward<float> op) => launcher.Run(
        Kernel.MeanPoolBackward,
        Blocks(op.Dx.Shape),
        PoolShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Dx),
        CudaMemory<float>.AddressOf(op.Dy),
        Samples(op.Dx.Shape),
        op.Accumulate);

    /// <summary>y[n,p,q,first + c] = mean of x over the window; the other channels are 0.</summary>
    public void ShortcutForward(ShortcutForward<float> op) => launcher.Run(
        Kernel.ShortcutForward,
        Blocks(op.Y.Shape),
        ShortcutShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Y),
        CudaMemory<float>.AddressOf(op.X),
        Samples(op.X.Shape));

    /// <summary>dx[n,h,w,c] = dy[n,p,q,first + c] / elements of the window, 0 outside of every window.</summary>
    public void ShortcutBackward(ShortcutBackward<float> op) => launcher.Run(
        Kernel.ShortcutBackward,
        Blocks(op.Dx.Shape),
        ShortcutShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Dx),
        CudaMemory<float>.AddressOf(op.Dy),
        Samples(op.Dx.Shape),
        op.Accumulate);

    /// <summary>The larger operand is checked too: a plane that is written may be smaller than the one that is read.</summary>
    private static uint Samples(Shape plane)
    {
        KernelLauncher.Count(plane.Length);
        return (uint)plane[0];
    }

    private static uint Blocks(Shape written) =>
        KernelLauncher.BlocksFor(KernelLauncher.Count(written.Length / written.Inner * KernelLauncher.Quads(written.Inner)));
}
