using System.Runtime.InteropServices;
using Msr.Core.Numerics;

namespace Msr.Cuda.Kernels;

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
