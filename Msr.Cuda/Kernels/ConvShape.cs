using System.Runtime.InteropServices;
using Msr.Core.Numerics;

namespace Msr.Cuda.Kernels;

/// <summary>A convolution's geometry as kernels take it: <c>ConvShape</c> of native/unfold.h, the same integers in the same order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ConvShape(
    int H,
    int W,
    int C,
    int GroupC,
    int R,
    int S,
    int P,
    int Q,
    int StrideH,
    int StrideW,
    int PadTop,
    int PadLeft,
    int DilationH,
    int DilationW,
    int Mode)
{
    /// <summary>The geometry of an op.</summary>
    /// <param name="g">The geometry.</param>
    /// <exception cref="NotSupportedException">Kernels do not know the padding mode.</exception>
    public static ConvShape Of(ConvGeometry g) => new(
        g.H,
        g.W,
        g.C,
        g.GroupC,
        g.R,
        g.S,
        g.P,
        g.Q,
        g.StrideH,
        g.StrideW,
        g.Padding.Top,
        g.Padding.Left,
        g.DilationH,
        g.DilationW,
        g.Mode switch
        {
            PaddingMode.Zero => 0,
            PaddingMode.Replicate => 1,
            PaddingMode.Reflect => 2,
            _ => throw new NotSupportedException($"CUDA kernels do not know the padding mode {g.Mode}."),
        });
}
