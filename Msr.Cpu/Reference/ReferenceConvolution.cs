using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>
/// The three convolution ops. All of them enumerate the same products, x[source]·w[tap] for y[output]: forward sums them into y, the
/// gradients send dy back along them. Padding, stride, dilation and reflection are in the two source functions of the geometry alone.
/// </summary>
internal static class ReferenceConvolution
{
    /// <summary>y[n,p,q,k] = Σ_{r,s,c} x[n, source(p,r), source(q,s), c]·w[k,r,s,c].</summary>
    public static void Forward<T>(ConvForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Plane4<T> x = new(op.X), w = new(op.W), y = new(op.Y);
        for (int n = 0; n < op.X.Shape[0]; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int q = 0; q < g.Q; q++)
                {
                    for (int k = 0; k < g.K; k++)
                    {
                        T sum = Output(g, x, w, n, p, q, k);
                        y[n, p, q, k] = op.Accumulate ? y[n, p, q, k] + sum : sum;
                    }
                }
            }
        }
    }

    /// <summary>dx[n, source(p,r), source(q,s), c] += dy[n,p,q,k]·w[k,r,s,c].</summary>
    public static void BackwardData<T>(ConvBackwardData<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Plane4<T> dy = new(op.Dy), w = new(op.W), dx = new(op.Dx);
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
                    for (int k = 0; k < g.K; k++)
                    {
                        Scatter(g, dy[n, p, q, k], w, dx, n, p, q, k);
                    }
                }
            }
        }
    }

    /// <summary>dw[k,r,s,c] = Σ_{n,p,q} dy[n,p,q,k]·x[n, source(p,r), source(q,s), c].</summary>
    public static void BackwardFilter<T>(ConvBackwardFilter<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Plane4<T> x = new(op.X), dy = new(op.Dy), dw = new(op.Dw);
        for (int k = 0; k < g.K; k++)
        {
            for (int r = 0; r < g.R; r++)
            {
                for (int s = 0; s < g.S; s++)
                {
                    for (int c = 0; c < g.GroupC; c++)
                    {
                        T sum = Weight(g, x, dy, op.X.Shape[0], k, r, s, c);
                        dw[k, r, s, c] = op.Accumulate ? dw[k, r, s, c] + sum : sum;
                    }
                }
            }
        }
    }

    private static T Output<T>(ConvGeometry g, Plane4<T> x, Plane4<T> w, int n, int p, int q, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int first = k / g.GroupK * g.GroupC;
        T sum = T.Zero;
        for (int r = 0; r < g.R; r++)
        {
            for (int s = 0; s < g.S; s++)
            {
                int row = g.SourceRow(p, r), column = g.SourceColumn(q, s);
                for (int c = 0; c < g.GroupC && row >= 0 && column >= 0; c++)
                {
                    sum += x[n, row, column, first + c] * w[k, r, s, c];
                }
            }
        }

        return sum;
    }

    private static void Scatter<T>(ConvGeometry g, T gradient, Plane4<T> w, Plane4<T> dx, int n, int p, int q, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int first = k / g.GroupK * g.GroupC;
        for (int r = 0; r < g.R; r++)
        {
            for (int s = 0; s < g.S; s++)
            {
                int row = g.SourceRow(p, r), column = g.SourceColumn(q, s);
                for (int c = 0; c < g.GroupC && row >= 0 && column >= 0; c++)
                {
                    dx[n, row, column, first + c] += gradient * w[k, r, s, c];
                }
            }
        }
    }

    private static T Weight<T>(ConvGeometry g, Plane4<T> x, Plane4<T> dy, int samples, int k, int r, int s, int c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int first = k / g.GroupK * g.GroupC;
        T sum = T.Zero;
        for (int n = 0; n < samples; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                int row = g.SourceRow(p, r);
                for (int q = 0; q < g.Q && row >= 0; q++)
                {
                    int column = g.SourceColumn(q, s);
                    if (column >= 0)
                    {
                        sum += dy[n, p, q, k] * x[n, row, column, first + c];
                    }
                }
            }
        }

        return sum;
    }
}

/// <summary>A tensor of rank 4 indexed as the definitions write it: [n, h, w, c], or [k, r, s, c] for filters.</summary>
/// <typeparam name="E">The element type.</typeparam>
internal readonly ref struct Plane4<E>
    where E : unmanaged
{
    private readonly Span<E> _elements;
    private readonly int _b;
    private readonly int _c;
    private readonly int _d;

    /// <summary>Looks at a tensor.</summary>
    /// <param name="tensor">A tensor of rank 4 in host memory.</param>
    public Plane4(TensorRef<E> tensor)
    {
        _elements = HostMemory<E>.SpanOf(tensor);
        (_b, _c, _d) = (tensor.Shape[1], tensor.Shape[2], tensor.Shape[3]);
    }

    /// <summary>One element.</summary>
    public ref E this[int i, int j, int k, int l] => ref _elements[(((((i * _b) + j) * _c) + k) * _d) + l];
}
