using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>Maximum and mean over windows, the parameter-free shortcut, and their gradients: pixel by pixel, all channels at a time.</summary>
internal static class OraclePooling
{
    /// <summary>y[n,p,q,c] = max x over the window; argmax = h·W + w of the first maximum.</summary>
    public static void MaxForward<T>(MaxPoolForward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PoolGeometry g = op.Geometry;
        Pixels<T> x = new(op.X), y = new(op.Y);
        Pixels<int> argmax = new(op.Argmax);
        Span<T> window = workspace.Take<T>((long)g.WindowH * g.WindowW * g.C);
        for (int n = 0; n < y.N; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    Maximum(x, n, (g.Rows(p), g.Columns(q)), window, y[n, p, q], argmax[n, p, q]);
                }
            }
        }
    }

    /// <summary>dx[n, argmax, c] += dy[n,p,q,c].</summary>
    public static void MaxBackward<T>(MaxPoolBackward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PoolGeometry g = op.Geometry;
        Span<T> dy = HostMemory<T>.SpanOf(op.Dy), dx = HostMemory<T>.SpanOf(op.Dx);
        Span<int> argmax = HostMemory<int>.SpanOf(op.Argmax);
        if (!op.Accumulate)
        {
            dx.Clear();
        }

        for (int i = 0; i < dy.Length; i++)
        {
            int sample = i / (g.P * g.Q * g.C);
            dx[(((sample * g.H * g.W) + argmax[i]) * g.C) + (i % g.C)] += dy[i];
        }
    }

    /// <summary>y[n,p,q,c] = Σ x over the window / divisor(p, q).</summary>
    public static void MeanForward<T>(MeanPoolForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PoolGeometry g = op.Geometry;
        Pixels<T> x = new(op.X), y = new(op.Y);
        for (int n = 0; n < y.N; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    y[n, p, q].Clear();
                    Sum(x, n, (g.Rows(p), g.Columns(q)), y[n, p, q]);
                    TensorPrimitives.Divide(y[n, p, q], T.CreateChecked(g.Divisor(p, q)), y[n, p, q]);
                }
            }
        }
    }

    /// <summary>dx[n,h,w,c] += dy[n,p,q,c] / divisor(p, q) for every (h, w) in the window of (p, q).</summary>
    public static void MeanBackward<T>(MeanPoolBackward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PoolGeometry g = op.Geometry;
        Pixels<T> dy = new(op.Dy), dx = new(op.Dx);
        Span<T> share = workspace.Take<T>(g.C);
        if (!op.Accumulate)
        {
            HostMemory<T>.SpanOf(op.Dx).Clear();
        }

        for (int n = 0; n < dy.N; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    TensorPrimitives.Divide(dy[n, p, q], T.CreateChecked(g.Divisor(p, q)), share);
                    Spread(share, dx, n, (g.Rows(p), g.Columns(q)));
                }
            }
        }
    }

    /// <summary>y[n,p,q,first + c] = mean of x over the window; the other channels are 0.</summary>
    public static void ShortcutForward<T>(ShortcutForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ShortcutGeometry g = op.Geometry;
        Pixels<T> x = new(op.X), y = new(op.Y);
        HostMemory<T>.SpanOf(op.Y).Clear();
        for (int n = 0; n < y.N; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    ((int Begin, int End) rows, (int Begin, int End) columns) = (WindowOf(g, p, g.H), WindowOf(g, q, g.W));
                    Span<T> mean = y[n, p, q].Slice(g.FirstChannel, g.C);

                    // Not +0: a window of one element is a copy, and +0 + −0 is +0.
                    mean.Fill(T.NegativeZero);
                    Sum(x, n, (rows, columns), mean);
                    TensorPrimitives.Divide(mean, T.CreateChecked((rows.End - rows.Begin) * (columns.End - columns.Begin)), mean);
                }
            }
        }
    }

    /// <summary>dx[n,h,w,c] = dy[n,p,q,first + c] / elements of the window that (h, w) lies in, 0 outside of every window.</summary>
    public static void ShortcutBackward<T>(ShortcutBackward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ShortcutGeometry g = op.Geometry;
        Pixels<T> dy = new(op.Dy), dx = new(op.Dx);
        Span<T> share = workspace.Take<T>(g.C);
        if (!op.Accumulate)
        {
            HostMemory<T>.SpanOf(op.Dx).Clear();
        }

        for (int n = 0; n < dy.N; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    ((int Begin, int End) rows, (int Begin, int End) columns) = (WindowOf(g, p, g.H), WindowOf(g, q, g.W));
                    T elements = T.CreateChecked((rows.End - rows.Begin) * (columns.End - columns.Begin));
                    TensorPrimitives.Divide(dy[n, p, q].Slice(g.FirstChannel, g.C), elements, share);
                    Spread(share, dx, n, (rows, columns), adds: op.Accumulate);
                }
            }
        }
    }

    private static (int Begin, int End) WindowOf(ShortcutGeometry g, int output, int extent) =>
        (output * g.Stride, Math.Min((output * g.Stride) + g.Window, extent));

    private static void Sum<T>(Pixels<T> x, int n, ((int Begin, int End) Rows, (int Begin, int End) Columns) window, Span<T> sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int h = window.Rows.Begin; h < window.Rows.End; h++)
        {
            for (int w = window.Columns.Begin; w < window.Columns.End; w++)
            {
                TensorPrimitives.Add(sum, x[n, h, w], sum);
            }
        }
    }

    private static void Spread<T>(
        ReadOnlySpan<T> share, Pixels<T> dx, int n, ((int Begin, int End) Rows, (int Begin, int End) Columns) window, bool adds = true)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int h = window.Rows.Begin; h < window.Rows.End; h++)
        {
            for (int w = window.Columns.Begin; w < window.Columns.End; w++)
            {
                if (adds)
                {
                    TensorPrimitives.Add(dx[n, h, w], share, dx[n, h, w]);
                }
                else
                {
                    share.CopyTo(dx[n, h, w]);
                }
            }
        }
    }

    /// <summary>The window is gathered channel by channel, so that an index of a maximum finds the first one in row-major order, or the first NaN.</summary>
    private static void Maximum<T>(
        Pixels<T> x, int n, ((int Begin, int End) Rows, (int Begin, int End) Columns) window, Span<T> gathered, Span<T> y, Span<int> argmax)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int columns = window.Columns.End - window.Columns.Begin, elements = (window.Rows.End - window.Rows.Begin) * columns;
        for (int e = 0; e < elements; e++)
        {
            ReadOnlySpan<T> pixel = x[n, window.Rows.Begin + (e / columns), window.Columns.Begin + (e % columns)];
            for (int c = 0; c < pixel.Length; c++)
            {
                gathered[(c * elements) + e] = pixel[c];
            }
        }

        // The index of a maximum takes +0 for greater than −0; here the first of two zeros wins. −0 + 0 is +0.
        TensorPrimitives.Add(gathered[..(y.Length * elements)], T.Zero, gathered);
        for (int c = 0; c < y.Length; c++)
        {
            int winner = TensorPrimitives.IndexOfMax<T>(gathered.Slice(c * elements, elements));
            (int h, int w) = (window.Rows.Begin + (winner / columns), window.Columns.Begin + (winner % columns));
            (y[c], argmax[c]) = (x[n, h, w][c], (h * x.W) + w);
        }
    }
}
