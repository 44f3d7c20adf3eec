using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Convolution.Winograd;

namespace Msr.Cpu.Convolution;

/// <summary>How a convolution is computed.</summary>
internal enum ConvolutionMethod
{
    /// <summary>Every output is a sum of products along its taps: <see cref="Direct"/>.</summary>
    Direct,

    /// <summary>By Winograd's transforms F(4×4, 3×3) and F(3×3, 4×4): <see cref="Winograd"/>.</summary>
    Winograd,

    /// <summary>Every source pixel is multiplied with all taps, and the products are added up where they belong: <see cref="Narrow"/>.</summary>
    Narrow,
}

/// <summary>
/// Decides which convolution is computed by which method. Its geometry alone decides, and whether the backend may transform at all: batch, threads
/// and vector width have no say.
/// </summary>
internal static class ConvolutionMethods
{
    // Fewer channels do not fill the widest vectors; other numbers would leave lanes empty.
    private const int WinogradChannels = 16;

    // More channels fill a vector by themselves.
    private const int MostNarrowChannels = 4;

    /// <summary>The method of a convolution.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="winograd">Whether the backend may transform.</param>
    public static ConvolutionMethod Of(ConvGeometry g, ConvDirection direction, bool winograd) =>
        winograd && IsWinograd(g) ? ConvolutionMethod.Winograd
        : direction == ConvDirection.BackwardData && IsNarrow(g) ? ConvolutionMethod.Narrow
        : ConvolutionMethod.Direct;

    /// <summary>Whether Winograd's transforms apply: where they are faster.</summary>
    /// <param name="g">The geometry.</param>
    public static bool IsWinograd(ConvGeometry g) =>
        g is { R: 3, S: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1 }
        && g.C % WinogradChannels == 0 && g.K % WinogradChannels == 0
        && Math.Min(Math.Min(g.H, g.W), Math.Min(g.P, g.Q)) >= WinogradGrid.Tile
        && (g.Mode == PaddingMode.Zero || g.Padding == default);

    /// <summary>Whether the gradient by the input has so few channels that most lanes of a vector would stay empty.</summary>
    /// <param name="g">The geometry.</param>
    public static bool IsNarrow(ConvGeometry g) =>
        g is { C: <= MostNarrowChannels, StrideH: 1, StrideW: 1, Groups: 1 } && g.R * g.S > 1 && (g.Mode == PaddingMode.Zero || g.Padding == default);
}
