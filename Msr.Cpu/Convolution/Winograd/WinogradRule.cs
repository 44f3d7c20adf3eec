using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Cpu.Convolution.Winograd;

/// <summary>Which convolutions F(4×4, 3×3) computes: those where it is faster. Batch, threads and vector width have no say.</summary>
internal static class WinogradRule
{
    // Fewer channels do not fill the widest vectors; other numbers would leave lanes empty.
    private const int ChannelStep = 16;

    /// <summary>Whether an op is one of them.</summary>
    /// <param name="op">The op.</param>
    public static bool Applies(Op<float> op) => op switch
    {
        ConvForward<float> conv => Applies(conv.Geometry),
        ConvBackwardData<float> conv => Applies(conv.Geometry),
        ConvBackwardFilter<float> conv => Applies(conv.Geometry),
        _ => false,
    };

    /// <summary>Whether a geometry is one of them.</summary>
    /// <param name="g">The geometry.</param>
    public static bool Applies(ConvGeometry g) =>
        g is { R: 3, S: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1 }
        && g.C % ChannelStep == 0 && g.K % ChannelStep == 0
        && Math.Min(Math.Min(g.H, g.W), Math.Min(g.P, g.Q)) >= WinogradGrid.Tile
        && (g.Mode == PaddingMode.Zero || g.Padding == default);
}
