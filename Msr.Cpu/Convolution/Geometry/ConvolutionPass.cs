using Msr.Core.Numerics;

namespace Msr.Cpu.Convolution.Geometry;

/// <summary>
/// A convolution from a source to a destination: from x to y in the forward pass, from dy to dx in the gradient by the input. Both sides are
/// [samples, rows, columns, channels].
/// </summary>
/// <typeparam name="T">The element type.</typeparam>
internal unsafe struct ConvolutionPass<T>
    where T : unmanaged
{
    public ConvolutionAxis Rows;
    public ConvolutionAxis Columns;
    public int Samples;
    public int SourceChannels;
    public int DestinationChannels;
    public int Groups;

    /// <summary>The padding mode of the source.</summary>
    public PaddingMode Mode;
    public T* Source;

    public readonly int GroupSource => SourceChannels / Groups;

    public readonly int GroupDestination => DestinationChannels / Groups;

    public readonly int Taps => Rows.Taps * Columns.Taps;

    /// <summary>From x to y.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="x">The input, [samples, H, W, C].</param>
    public static ConvolutionPass<T> Forward(ConvGeometry g, int samples, T* x) => new()
    {
        Rows = ConvolutionAxis.Forward(g.H, g.P, g.R, g.DilationH, StrideH(g), g.Padding.Top),
        Columns = ConvolutionAxis.Forward(g.W, g.Q, g.S, g.DilationW, StrideW(g), g.Padding.Left),
        Samples = samples,
        SourceChannels = g.C,
        DestinationChannels = g.K,
        Groups = g.Groups,
        Mode = g.Mode,
        Source = x,
    };

    /// <summary>From dy to dx, or to the gradient of the padded input where that is folded into dx afterwards.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="dy">The gradient of the output, [samples, P, Q, K].</param>
    /// <param name="folds">Whether the destination is the padded input.</param>
    public static ConvolutionPass<T> ByInput(ConvGeometry g, int samples, T* dy, bool folds) => new()
    {
        Rows = ConvolutionAxis.ByInput(g.P, folds ? g.PaddedH : g.H, g.R, g.DilationH, StrideH(g), folds ? 0 : g.Padding.Top),
        Columns = ConvolutionAxis.ByInput(g.Q, folds ? g.PaddedW : g.W, g.S, g.DilationW, StrideW(g), folds ? 0 : g.Padding.Left),
        Samples = samples,
        SourceChannels = g.K,
        DestinationChannels = g.C,
        Groups = g.Groups,
        Source = dy,
    };

    // A stride beyond the padded input leaves one output, as the padded extent does: steps and phases need not be larger.
    private static int StrideH(ConvGeometry g) => Math.Min(g.StrideH, g.PaddedH);

    private static int StrideW(ConvGeometry g) => Math.Min(g.StrideW, g.PaddedW);
}
