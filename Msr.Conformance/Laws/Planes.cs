using Msr.Core.Numerics;

namespace Msr.Conformance.Laws;

/// <summary>Tensors [n, h, w, c] taken apart and put together on the host.</summary>
internal static class Planes
{
    /// <summary>Some of the channels.</summary>
    public static double[] Channels(double[] planes, int channels, int first, int count)
    {
        double[] part = new double[planes.Length / channels * count];
        for (int i = 0; i < part.Length; i++)
        {
            part[i] = planes[(i / count * channels) + first + (i % count)];
        }

        return part;
    }

    /// <summary>Every plane moved down and to the right; what comes in from beyond is given.</summary>
    public static E[] Shift<E>(E[] planes, Shape shape, (int Rows, int Columns) by, Func<E> incoming)
    {
        (int h, int w, int c) = (shape[1], shape[2], shape[3]);
        E[] shifted = new E[planes.Length];
        for (int i = 0; i < planes.Length; i++)
        {
            int row = (i / (w * c) % h) - by.Rows, column = (i / c % w) - by.Columns;
            shifted[i] = row >= 0 && column >= 0 ? planes[i - (((by.Rows * w) + by.Columns) * c)] : incoming();
        }

        return shifted;
    }

    /// <summary>Every plane with its border made explicit.</summary>
    public static double[] Pad(double[] planes, ConvGeometry g)
    {
        (int h, int w) = Padded(g);
        int n = planes.Length / (g.H * g.W * g.C);
        double[] padded = new double[n * h * w * g.C];
        for (int i = 0; i < padded.Length; i++)
        {
            int source = Source(i, g);
            padded[i] = source < 0 ? 0 : planes[source];
        }

        return padded;
    }

    /// <summary>The adjoint of <see cref="Pad"/>: what lies in the border is added to the element it was made from.</summary>
    public static double[] Fold(double[] padded, ConvGeometry g)
    {
        (int h, int w) = Padded(g);
        double[] planes = new double[padded.Length / (h * w) * g.H * g.W];
        for (int i = 0; i < padded.Length; i++)
        {
            int source = Source(i, g);
            if (source >= 0)
            {
                planes[source] += padded[i];
            }
        }

        return planes;
    }

    private static (int H, int W) Padded(ConvGeometry g) =>
        (g.H + g.Padding.Top + g.Padding.Bottom, g.W + g.Padding.Left + g.Padding.Right);

    /// <summary>The element of the input that stands at an element of the padded planes; −1 for a zero.</summary>
    private static int Source(int index, ConvGeometry g)
    {
        (int h, int w) = Padded(g);
        int row = Axis((index / (w * g.C) % h) - g.Padding.Top, g.H, g.Mode), column = Axis((index / g.C % w) - g.Padding.Left, g.W, g.Mode);
        return row < 0 || column < 0 ? -1 : (((((index / (h * w * g.C)) * g.H) + row) * g.W + column) * g.C) + (index % g.C);
    }

    /// <summary>Worked out anew, by another route than the library's own.</summary>
    private static int Axis(int position, int extent, PaddingMode mode) => mode switch
    {
        PaddingMode.Replicate => Math.Clamp(position, 0, extent - 1),
        PaddingMode.Reflect => extent - 1 - Math.Abs(extent - 1 - Math.Abs(position)),
        _ => position >= 0 && position < extent ? position : -1,
    };
}
