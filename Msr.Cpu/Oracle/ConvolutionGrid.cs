using Msr.Core.Numerics;

namespace Msr.Cpu.Oracle;

/// <summary>
/// The grid that all planes of a convolution share: some samples one after another, each of <see cref="Height"/> × <see cref="Width"/> places.
/// Output (n, p, q) stands at the place (n·Height + p)·Width + q. The padded input is cut into phases, one for each place of a tap modulo the
/// strides, so that the element which an output reads under a tap stands at the output's own place plus a constant, in the phase of the tap: a
/// whole plane meets a tap in one multiply-add over a span. The rest of a row and of a plane is zero; with zeros beyond the border, what follows a
/// row serves as padding before the next one too.
/// </summary>
internal readonly struct ConvolutionGrid
{
    private readonly ConvGeometry _geometry;

    /// <summary>Lays out a geometry.</summary>
    /// <param name="geometry">The geometry.</param>
    /// <param name="samples">The number of samples of the batch.</param>
    public ConvolutionGrid(ConvGeometry geometry, int samples)
    {
        _geometry = geometry;
        bool zero = geometry.Mode == PaddingMode.Zero;
        Height = Extent(zero ? geometry.H + Math.Max(geometry.Padding.Top, geometry.Padding.Bottom) : geometry.PaddedH, geometry.StrideH, geometry.P);
        Width = Extent(zero ? geometry.W + Math.Max(geometry.Padding.Left, geometry.Padding.Right) : geometry.PaddedW, geometry.StrideW, geometry.Q);
        Samples = (int)Math.Clamp(Workspace.LongestSpan / ((long)Height * Width), 1, samples);
        RowPhases = Math.Min(geometry.R, Period(geometry.DilationH, geometry.StrideH));
        ColumnPhases = Math.Min(geometry.S, Period(geometry.DilationW, geometry.StrideW));
        Reach = checked(((geometry.R - 1) * geometry.DilationH / geometry.StrideH * Width) + ((geometry.S - 1) * geometry.DilationW / geometry.StrideW));
        Length = checked((Samples * Height * Width) + Reach);
    }

    /// <summary>Rows of a sample.</summary>
    public int Height { get; }

    /// <summary>Places of a row.</summary>
    public int Width { get; }

    /// <summary>The samples that are worked on at once: as many as spans of about 2,000 elements hold.</summary>
    public int Samples { get; }

    /// <summary>Phases of rows that a tap reads.</summary>
    public int RowPhases { get; }

    /// <summary>Phases of columns that a tap reads.</summary>
    public int ColumnPhases { get; }

    /// <summary>The phases of a channel.</summary>
    public int Phases => RowPhases * ColumnPhases;

    /// <summary>The largest distance between an output and an element it reads; planes have so many zeros before or after their places.</summary>
    public int Reach { get; }

    /// <summary>Elements of a plane.</summary>
    public int Length { get; }

    /// <summary>The places from the first output of some samples to their last.</summary>
    /// <param name="samples">The number of samples.</param>
    public int Outputs(int samples) => (((((samples - 1) * Height) + _geometry.P - 1) * Width) + _geometry.Q);

    /// <summary>For each tap, row by row: its phase, and how far beyond an output the element stands that it reads.</summary>
    /// <param name="taps">As many pairs as the geometry has taps.</param>
    public void FillTaps(Span<(int Phase, int Distance)> taps)
    {
        ConvGeometry g = _geometry;
        for (int t = 0; t < taps.Length; t++)
        {
            (int r, int s) = (t / g.S, t % g.S);
            taps[t] = ((r % RowPhases * ColumnPhases) + (s % ColumnPhases), (r * g.DilationH / g.StrideH * Width) + (s * g.DilationW / g.StrideW));
        }
    }

    /// <summary>The input row at each row of a phase; −1 where there is none.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="rows">As many as the grid has.</param>
    public void FillRows(int phase, Span<int> rows) =>
        Fill(rows, phase * _geometry.DilationH % _geometry.StrideH, _geometry.StrideH, (_geometry.Padding.Top, _geometry.H, _geometry.PaddedH));

    /// <summary>The input column at each place of a row of a phase; −1 where there is none.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="columns">As many as the grid has.</param>
    public void FillColumns(int phase, Span<int> columns) =>
        Fill(columns, phase * _geometry.DilationW % _geometry.StrideW, _geometry.StrideW, (_geometry.Padding.Left, _geometry.W, _geometry.PaddedW));

    private static int Extent(int padded, int stride, int outputs) => Math.Max(((padded - 1) / stride) + 1, outputs);

    /// <summary>Taps a period apart stand at the same place modulo the stride.</summary>
    private static int Period(int dilation, int stride)
    {
        (int a, int b) = (stride, dilation);
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return stride / a;
    }

    private void Fill(Span<int> sources, int first, int stride, (int Before, int Extent, int Padded) axis)
    {
        for (int i = 0; i < sources.Length; i++)
        {
            int position = first + (i * stride);
            bool beyond = _geometry.Mode != PaddingMode.Zero && position >= axis.Padded;
            sources[i] = beyond ? -1 : ConvGeometry.Source(position - axis.Before, axis.Extent, _geometry.Mode);
        }
    }
}
