using System.Runtime.InteropServices;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/pool.h: windows over planes, channels last.</summary>
/// <param name="launcher">The launcher.</param>
internal sealed class PoolKernels(KernelLauncher launcher)
{
    private readonly Kernel _maxPoolForward = launcher.Find("max_pool_forward", "{48}pppu");
    private readonly Kernel _maxPoolBackward = launcher.Find("max_pool_backward", "{48}pppuu");
    private readonly Kernel _meanPoolForward = launcher.Find("mean_pool_forward", "{48}ppu");
    private readonly Kernel _meanPoolBackward = launcher.Find("mean_pool_backward", "{48}ppuu");
    private readonly Kernel _shortcutForward = launcher.Find("shortcut_forward", "{36}ppu");
    private readonly Kernel _shortcutBackward = launcher.Find("shortcut_backward", "{36}ppuu");

    /// <summary>y = max x over the window; argmax = h·W + w of the first maximum.</summary>
    public void MaxForward(MaxPoolForward<float> op) => launcher.Run(
        _maxPoolForward,
        Blocks(op.Y.Shape),
        PoolShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Y),
        CudaMemory<int>.AddressOf(op.Argmax),
        CudaMemory<float>.AddressOf(op.X),
        Samples(op.X.Shape));

    /// <summary>dx[n, argmax, c] += dy[n,p,q,c].</summary>
    public void MaxBackward(MaxPoolBackward<float> op) => launcher.Run(
        _maxPoolBackward,
        Blocks(op.Dx.Shape),
        PoolShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Dx),
        CudaMemory<float>.AddressOf(op.Dy),
        CudaMemory<int>.AddressOf(op.Argmax),
        Samples(op.Dx.Shape),
        op.Accumulate);

    /// <summary>y = Σ x over the window / divisor(p, q).</summary>
    public void MeanForward(MeanPoolForward<float> op) => launcher.Run(
        _meanPoolForward,
        Blocks(op.Y.Shape),
        PoolShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Y),
        CudaMemory<float>.AddressOf(op.X),
        Samples(op.X.Shape));

    /// <summary>dx += dy/divisor for every window an element lies in.</summary>
    public void MeanBackward(MeanPoolBackward<float> op) => launcher.Run(
        _meanPoolBackward,
        Blocks(op.Dx.Shape),
        PoolShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Dx),
        CudaMemory<float>.AddressOf(op.Dy),
        Samples(op.Dx.Shape),
        op.Accumulate);

    /// <summary>y[n,p,q,first + c] = mean of x over the window; the other channels are 0.</summary>
    public void ShortcutForward(ShortcutForward<float> op) => launcher.Run(
        _shortcutForward,
        Blocks(op.Y.Shape),
        ShortcutShape.Of(op.Geometry),
        CudaMemory<float>.AddressOf(op.Y),
        CudaMemory<float>.AddressOf(op.X),
        Samples(op.X.Shape));

    /// <summary>dx[n,h,w,c] = dy[n,p,q,first + c] / elements of the window, 0 outside of every window.</summary>
    public void ShortcutBackward(ShortcutBackward<float> op) => launcher.Run(
        _shortcutBackward,
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

/// <summary>A pooling geometry as kernels take it: <c>PoolShape</c> of native/pool.h, the same integers in the same order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PoolShape(
    int H, int W, int C, int P, int Q, int WindowH, int WindowW, int StrideH, int StrideW, int PadH, int PadW, int CountPadding)
{
    /// <summary>The geometry of an op.</summary>
    /// <param name="g">The geometry.</param>
    public static PoolShape Of(PoolGeometry g) =>
        new(g.H, g.W, g.C, g.P, g.Q, g.WindowH, g.WindowW, g.StrideH, g.StrideW, g.PadH, g.PadW, g.CountPadding ? 1 : 0);
}

/// <summary>A shortcut's geometry as kernels take it: <c>ShortcutShape</c> of native/pool.h, the same integers in the same order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ShortcutShape(int H, int W, int C, int K, int P, int Q, int Stride, int Window, int FirstChannel)
{
    /// <summary>The geometry of an op.</summary>
    /// <param name="g">The geometry.</param>
    public static ShortcutShape Of(ShortcutGeometry g) => new(g.H, g.W, g.C, g.K, g.P, g.Q, g.Stride, g.Window, g.FirstChannel);
}
