namespace Msr.Core.Numerics;

/// <summary>
/// The geometry of a pooling window over planes: x [N, H, W, C] gives y [N, P, Q, C]. Windows are clipped to the input: padding is never a
/// maximum, and counts in a mean only where <see cref="CountPadding"/> says so.
/// </summary>
public sealed record PoolGeometry
{
    /// <summary>Creates and checks a geometry.</summary>
    /// <param name="h">Input height H.</param>
    /// <param name="w">Input width W.</param>
    /// <param name="c">Channels C.</param>
    /// <param name="window">Height and width of the window.</param>
    /// <param name="stride">Vertical and horizontal stride.</param>
    /// <param name="padding">Padding above and below, left and right; at most half the window.</param>
    /// <param name="ceiling">Whether a last window that is only partly inside counts (it must start inside the input or its leading padding).</param>
    /// <param name="countPadding">Whether a mean divides by the padded window (true) or by the elements inside the input (false).</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is below its least value, or the window exceeds the padded input.</exception>
    public PoolGeometry(
        int h,
        int w,
        int c,
        (int H, int W) window,
        (int H, int W) stride,
        (int H, int W) padding = default,
        bool ceiling = false,
        bool countPadding = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(h, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(w, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(c, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(window.H, window.W), 1, nameof(window));
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(stride.H, stride.W), 1, nameof(stride));
        ArgumentOutOfRangeException.ThrowIfNegative(Math.Min(padding.H, padding.W), nameof(padding));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding.H, window.H / 2, nameof(padding));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding.W, window.W / 2, nameof(padding));
        (H, W, C, CountPadding) = (h, w, c, countPadding);
        (WindowH, WindowW) = window;
        (StrideH, StrideW) = stride;
        (PadH, PadW) = padding;
        P = OutputExtent(h, WindowH, StrideH, PadH, ceiling);
        Q = OutputExtent(w, WindowW, StrideW, PadW, ceiling);
    }

    /// <summary>Input height.</summary>
    public int H { get; }

    /// <summary>Input width.</summary>
    public int W { get; }

    /// <summary>Channels.</summary>
    public int C { get; }

    /// <summary>Height of the window.</summary>
    public int WindowH { get; }

    /// <summary>Width of the window.</summary>
    public int WindowW { get; }

    /// <summary>Vertical stride.</summary>
    public int StrideH { get; }

    /// <summary>Horizontal stride.</summary>
    public int StrideW { get; }

    /// <summary>Padding above and below.</summary>
    public int PadH { get; }

    /// <summary>Padding to the left and right.</summary>
    public int PadW { get; }

    /// <summary>Whether a mean divides by the padded window.</summary>
    public bool CountPadding { get; }

    /// <summary>Output height.</summary>
    public int P { get; }

    /// <summary>Output width.</summary>
    public int Q { get; }

    /// <summary>The geometry whose one window is the whole plane.</summary>
    /// <param name="h">Input height.</param>
    /// <param name="w">Input width.</param>
    /// <param name="c">Channels.</param>
    public static PoolGeometry Global(int h, int w, int c) => new(h, w, c, (h, w), (h, w));

    /// <summary>The input rows of output row <paramref name="p"/>, clipped to the input: from <c>Begin</c> up to but not including <c>End</c>.</summary>
    /// <param name="p">Output row.</param>
    public (int Begin, int End) Rows(int p) => Clip((p * StrideH) - PadH, WindowH, H);

    /// <summary>The input columns of output column <paramref name="q"/>, clipped to the input.</summary>
    /// <param name="q">Output column.</param>
    public (int Begin, int End) Columns(int q) => Clip((q * StrideW) - PadW, WindowW, W);

    /// <summary>The divisor of the mean at (p, q).</summary>
    /// <param name="p">Output row.</param>
    /// <param name="q">Output column.</param>
    public int Divisor(int p, int q)
    {
        if (CountPadding)
        {
            // A window of ceiling mode may reach beyond the padding itself; what lies there was never padded and is not counted.
            int rows = Math.Min((p * StrideH) - PadH + WindowH, H + PadH) - ((p * StrideH) - PadH);
            int columns = Math.Min((q * StrideW) - PadW + WindowW, W + PadW) - ((q * StrideW) - PadW);
            return rows * columns;
        }

        (int top, int bottom) = Rows(p);
        (int left, int right) = Columns(q);
        return (bottom - top) * (right - left);
    }

    /// <summary>The shape of the input for a number of samples, [N, H, W, C].</summary>
    /// <param name="n">The number of samples.</param>
    public Shape Input(int n) => new(n, H, W, C);

    /// <summary>The shape of the output for a number of samples, [N, P, Q, C].</summary>
    /// <param name="n">The number of samples.</param>
    public Shape Output(int n) => new(n, P, Q, C);

    private static (int Begin, int End) Clip(int start, int window, int extent) => (Math.Max(start, 0), Math.Min(start + window, extent));

    private static int OutputExtent(int extent, int window, int stride, int padding, bool ceiling)
    {
        int room = extent + (2 * padding) - window;
        ArgumentOutOfRangeException.ThrowIfNegative(room, nameof(window));
        int windows = (room / stride) + (ceiling && room % stride > 0 ? 1 : 0) + 1;
        return ceiling && (windows - 1L) * stride >= (long)extent + padding ? windows - 1 : windows;
    }
}
