using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>Maximum over windows, and its gradient.</summary>
internal static class ReferenceMaxPool
{
    /// <summary>y[n,p,q,c] = max x over the window; argmax = h·W + w of the first maximum.</summary>
    public static void Forward<T>(MaxPoolForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PoolGeometry g = op.Geometry;
        Plane4<T> x = new(op.X), y = new(op.Y);
        Plane4<int> argmax = new(op.Argmax);
        for (int n = 0; n < op.X.Shape[0]; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    for (int c = 0; c < g.C; c++)
                    {
                        (y[n, p, q, c], argmax[n, p, q, c]) = Largest(g, x, n, p, q, c);
                    }
                }
            }
        }
    }

    /// <summary>dx[n, argmax, c] += dy[n,p,q,c].</summary>
    public static void Backward<T>(MaxPoolBackward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PoolGeometry g = op.Geometry;
        Plane4<T> dy = new(op.Dy), dx = new(op.Dx);
        Plane4<int> argmax = new(op.Argmax);
        if (!op.Accumulate)
        {
            HostMemory<T>.SpanOf(op.Dx).Clear();
        }

        for (int n = 0; n < op.Dy.Shape[0]; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    for (int c = 0; c < g.C; c++)
                    {
                        int winner = argmax[n, p, q, c];
                        dx[n, winner / g.W, winner % g.W, c] += dy[n, p, q, c];
                    }
                }
            }
        }
    }

    private static (T Value, int Index) Largest<T>(PoolGeometry g, Plane4<T> x, int n, int p, int q, int c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int top, int bottom) = g.Rows(p);
        (int left, int right) = g.Columns(q);
        (T value, int index) = (x[n, top, left, c], (top * g.W) + left);
        for (int h = top; h < bottom; h++)
        {
            for (int w = left; w < right; w++)
            {
                // Strictly greater: the first maximum wins. The first NaN wins over every number and, being no longer comparable, stays.
                T candidate = x[n, h, w, c];
                if (candidate > value || (T.IsNaN(candidate) && !T.IsNaN(value)))
                {
                    (value, index) = (candidate, (h * g.W) + w);
                }
            }
        }

        return (value, index);
    }
}
