namespace Msr.Core.Numerics;

/// <summary>
/// The geometry of a two-dimensional convolution, everything but the number of samples: x [N, H, W, C] and w [K, R, S, C/G] give
/// y [N, P, Q, K] with P = ⌊(H + top + bottom − (R − 1)·dilation − 1) / stride⌋ + 1, and Q alike. Convolution means cross-correlation.
/// </summary>
public sealed record ConvGeometry
{
    /// <summary>The largest extent of a padded input: positions, strides and sums of two of them stay within 32 bits.</summary>
    private const int LargestExtent = 1 << 30;

    /// <summary>Creates and checks a geometry.</summary>
    /// <param name="h">Input height H.</param>
    /// <param name="w">Input width W.</param>
    /// <param name="c">Input channels C.</param>
    /// <param name="k">Output channels K.</param>
    /// <param name="r">Filter height R.</param>
    /// <param name="s">Filter width S.</param>
    /// <param name="stride">Vertical and horizontal stride; 1 when left out.</param>
    /// <param name="padding">Padding at each border; none when left out.</param>
    /// <param name="dilation">Vertical and horizontal distance between taps; 1 when left out.</param>
    /// <param name="groups">The number of groups G, which divides C and K.</param>
    /// <param name="mode">What lies beyond the border.</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below its least value, the filter exceeds the padded input, or that exceeds 2³⁰.</exception>
    /// <exception cref="ArgumentException">Groups do not divide the channels, or a reflection would need elements that do not exist.</exception>
    public ConvGeometry(
        int h,
        int w,
        int c,
        int k,
        int r,
        int s,
        (int H, int W)? stride = null,
        Border? padding = null,
        (int H, int W)? dilation = null,
        int groups = 1,
        PaddingMode mode = PaddingMode.Zero)
    {
        (H, W, C, K, R, S, Groups, Mode) = (Positive(h), Positive(w), Positive(c), Positive(k), Positive(r), Positive(s), Positive(groups), mode);
        (StrideH, StrideW) = stride ?? (1, 1);
        (DilationH, DilationW) = dilation ?? (1, 1);
        Padding = padding ?? default;
        Positive(StrideH);
        Positive(StrideW);
        Positive(DilationH);
        Positive(DilationW);
        CheckGroups();
        CheckReflection();
        P = OutputExtent((long)H + Padding.Top + Padding.Bottom, R, DilationH, StrideH, "height");
        Q = OutputExtent((long)W + Padding.Left + Padding.Right, S, DilationW, StrideW, "width");
    }

    /// <summary>Input height.</summary>
    public int H { get; }

    /// <summary>Input width.</summary>
    public int W { get; }

    /// <summary>Input channels.</summary>
    public int C { get; }

    /// <summary>Output channels.</summary>
    public int K { get; }

    /// <summary>Filter height.</summary>
    public int R { get; }

    /// <summary>Filter width.</summary>
    public int S { get; }

    /// <summary>Output height.</summary>
    public int P { get; }

    /// <summary>Output width.</summary>
    public int Q { get; }

    /// <summary>Vertical stride.</summary>
    public int StrideH { get; }

    /// <summary>Horizontal stride.</summary>
    public int StrideW { get; }

    /// <summary>Vertical distance between taps.</summary>
    public int DilationH { get; }

    /// <summary>Horizontal distance between taps.</summary>
    public int DilationW { get; }

    /// <summary>Padding at each border.</summary>
    public Border Padding { get; }

    /// <summary>The padding mode.</summary>
    public PaddingMode Mode { get; }

    /// <summary>The number of groups; output channel k reads the input channels of its group alone.</summary>
    public int Groups { get; }

    /// <summary>Input channels of one group, C/G.</summary>
    public int GroupC => C / Groups;

    /// <summary>Output channels of one group, K/G.</summary>
    public int GroupK => K / Groups;

    /// <summary>Height of the padded input.</summary>
    public int PaddedH => H + Padding.Top + Padding.Bottom;

    /// <summary>Width of the padded input.</summary>
    public int PaddedW => W + Padding.Left + Padding.Right;

    /// <summary>Taps of a slice, R·S.</summary>
    public int Taps => R * S;

    /// <summary>The shape of the filters, [K, R, S, C/G].</summary>
    public Shape Filter => new(K, R, S, GroupC);

    /// <summary>The shape of the input for a number of samples, [N, H, W, C].</summary>
    /// <param name="n">The number of samples.</param>
    public Shape Input(int n) => new(n, H, W, C);

    /// <summary>The shape of the output for a number of samples, [N, P, Q, K].</summary>
    /// <param name="n">The number of samples.</param>
    public Shape Output(int n) => new(n, P, Q, K);

    /// <summary>The input row that output row <paramref name="p"/> reads at filter row <paramref name="r"/>; −1 for a padded zero.</summary>
    /// <param name="p">Output row.</param>
    /// <param name="r">Filter row.</param>
    public int SourceRow(int p, int r) => Source((p * StrideH) - Padding.Top + (r * DilationH), H, Mode);

    /// <summary>The input column that output column <paramref name="q"/> reads at filter column <paramref name="s"/>; −1 for a padded zero.</summary>
    /// <param name="q">Output column.</param>
    /// <param name="s">Filter column.</param>
    public int SourceColumn(int q, int s) => Source((q * StrideW) - Padding.Left + (s * DilationW), W, Mode);

    /// <summary>The element that stands at a position of the padded axis; −1 for a padded zero.</summary>
    /// <param name="position">The position, 0 at the first element of the input.</param>
    /// <param name="extent">The extent of the input.</param>
    /// <param name="mode">What lies beyond the border.</param>
    public static int Source(int position, int extent, PaddingMode mode)
    {
        if ((uint)position < (uint)extent)
        {
            return position;
        }

        return mode switch
        {
            PaddingMode.Zero => -1,
            PaddingMode.Replicate => position < 0 ? 0 : extent - 1,
            _ => position < 0 ? -position : (2 * (extent - 1)) - position,
        };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"c{C}h{H}w{W}k{K}r{R}s{S}u{StrideH}v{StrideW}pad{Padding}d{DilationH}e{DilationW}g{Groups}{(Mode == PaddingMode.Zero ? "" : Mode)}";

    private static int Positive(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }

    private static int OutputExtent(long padded, int taps, int dilation, int stride, string axis)
    {
        long span = ((taps - 1L) * dilation) + 1;
        if (span > padded)
        {
            throw new ArgumentOutOfRangeException(axis, $"The filter spans {span} but the padded input has only {padded} in {axis}.");
        }

        if (padded > LargestExtent)
        {
            throw new ArgumentOutOfRangeException(axis, $"The padded input has {padded} in {axis}; at most {LargestExtent} are possible.");
        }

        return (int)((padded - span) / stride) + 1;
    }

    private void CheckGroups()
    {
        if (C % Groups != 0 || K % Groups != 0)
        {
            throw new ArgumentException($"{Groups} groups do not divide {C} input and {K} output channels.");
        }
    }

    private void CheckReflection()
    {
        if (Mode == PaddingMode.Reflect
            && (Math.Max(Padding.Top, Padding.Bottom) >= H || Math.Max(Padding.Left, Padding.Right) >= W))
        {
            throw new ArgumentException($"Reflect padding {Padding} needs more than it has of a {H}x{W} input: padding must be smaller than the extent.");
        }
    }
}
