using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>The parameter-free shortcut and its adjoint. A window has its corner at (p·stride, q·stride) and is clipped to the input.</summary>
internal static class ReferenceShortcut
{
    /// <summary>y[n,p,q,first + c] = mean of x over the window; the other channels are 0.</summary>
    public static void Forward<T>(ShortcutForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ShortcutGeometry g = op.Geometry;
        Plane4<T> x = new(op.X), y = new(op.Y);
        HostMemory<T>.SpanOf(op.Y).Clear();
        for (int n = 0; n < op.X.Shape[0]; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    for (int c = 0; c < g.C; c++)
                    {
                        y[n, p, q, g.FirstChannel + c] = Mean(g, x, n, p, q, c);
                    }
                }
            }
        }
    }

    /// <summary>dx[n,h,w,c] = dy[n,p,q,first + c] / elements of the window that (h, w) lies in, 0 outside of every window.</summary>
    public static void Backward<T>(ShortcutBackward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ShortcutGeometry g = op.Geometry;
        Plane4<T> dy = new(op.Dy), dx = new(op.Dx);
        for (int n = 0; n < op.Dy.Shape[0]; n++)
        {
            for (int h = 0; h < g.H; h++)
            {
                for (int w = 0; w < g.W; w++)
                {
                    for (int c = 0; c < g.C; c++)
                    {
                        bool read = IsRead(g, h, w);
                        T gradient = read ? Share(g, dy, n, h, w, c) : T.Zero;
                        if (!op.Accumulate)
                        {
                            dx[n, h, w, c] = gradient;
                        }
                        else if (read)
                        {
                            dx[n, h, w, c] += gradient;
                        }
                    }
                }
            }
        }
    }

    private static T Mean<T>(ShortcutGeometry g, Plane4<T> x, int n, int p, int q, int c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Not +0: a window of one element is a copy, and +0 + −0 is +0.
        T sum = T.NegativeZero;
        int elements = 0;
        for (int h = p * g.Stride; h < Math.Min((p * g.Stride) + g.Window, g.H); h++)
        {
            for (int w = q * g.Stride; w < Math.Min((q * g.Stride) + g.Window, g.W); w++)
            {
                sum += x[n, h, w, c];
                elements++;
            }
        }

        return sum / T.CreateChecked(elements);
    }

    private static bool IsRead(ShortcutGeometry g, int h, int w) => h % g.Stride < g.Window && w % g.Stride < g.Window;

    private static T Share<T>(ShortcutGeometry g, Plane4<T> dy, int n, int h, int w, int c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int p = h / g.Stride, q = w / g.Stride;
        int rows = Math.Min(g.Window, g.H - (p * g.Stride)), columns = Math.Min(g.Window, g.W - (q * g.Stride));
        return dy[n, p, q, g.FirstChannel + c] / T.CreateChecked(rows * columns);
    }
}
