using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>Mean over windows, and its gradient.</summary>
internal static class ReferenceMeanPool
{
    /// <summary>y[n,p,q,c] = Σ x over the window / divisor(p, q).</summary>
    public static void Forward<T>(MeanPoolForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PoolGeometry g = op.Geometry;
        Plane4<T> x = new(op.X), y = new(op.Y);
        for (int n = 0; n < op.X.Shape[0]; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    for (int c = 0; c < g.C; c++)
                    {
                        y[n, p, q, c] = Sum(g, x, n, p, q, c) / T.CreateChecked(g.Divisor(p, q));
                    }
                }
            }
        }
    }

    /// <summary>dx[n,h,w,c] += dy[n,p,q,c] / divisor(p, q) for every (h, w) in the window of (p, q).</summary>
    public static void Backward<T>(MeanPoolBackward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PoolGeometry g = op.Geometry;
        Plane4<T> dy = new(op.Dy), dx = new(op.Dx);
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
                        Spread(g, dy[n, p, q, c] / T.CreateChecked(g.Divisor(p, q)), dx, n, p, q, c);
                    }
                }
            }
        }
    }

    private static T Sum<T>(PoolGeometry g, Plane4<T> x, int n, int p, int q, int c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int top, int bottom) = g.Rows(p);
        (int left, int right) = g.Columns(q);
        T sum = T.Zero;
        for (int h = top; h < bottom; h++)
        {
            for (int w = left; w < right; w++)
            {
                sum += x[n, h, w, c];
            }
        }

        return sum;
    }

    private static void Spread<T>(PoolGeometry g, T share, Plane4<T> dx, int n, int p, int q, int c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int top, int bottom) = g.Rows(p);
        (int left, int right) = g.Columns(q);
        for (int h = top; h < bottom; h++)
        {
            for (int w = left; w < right; w++)
            {
                dx[n, h, w, c] += share;
            }
        }
    }
}
