using System.Runtime.InteropServices;
using Msr.Core.Numerics;

namespace Msr.Cuda.Kernels;

/// <summary>A shortcut's geometry as kernels take it: <c>ShortcutShape</c> of native/shortcut.h, the same integers in the same order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ShortcutShape(int H, int W, int C, int K, int P, int Q, int Stride, int Window, int FirstChannel)
{
    /// <summary>The geometry of an op.</summary>
    /// <param name="g">The geometry.</param>
    public static ShortcutShape Of(ShortcutGeometry g) => new(g.H, g.W, g.C, g.K, g.P, g.Q, g.Stride, g.Window, g.FirstChannel);
}
