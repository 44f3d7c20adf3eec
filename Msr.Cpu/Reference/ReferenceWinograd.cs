using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>
/// The three convolutions by Winograd's F(4×4, 3×3), from its matrices: y = Aᵀ[Σ_c (G w Gᵀ) ⊙ (Bᵀ x B)]A for each tile, and the transposes of
/// that (Lavin and Gray 2016). It decides nothing; it tells how large an honest error of a backend that transforms may become in whole networks.
/// </summary>
internal static class ReferenceWinograd
{
    private const int Tile = 4;
    private const int Line = 6;

    private static readonly double[,] s_input =
    {
        { 4, 0, -5, 0, 1, 0 }, { 0, -4, -4, 1, 1, 0 }, { 0, 4, -4, -1, 1, 0 }, { 0, -2, -1, 2, 1, 0 }, { 0, 2, -1, -2, 1, 0 }, { 0, 4, 0, -5, 0, 1 },
    };

    private static readonly double[,] s_filter =
    {
        { 1 / 4.0, 0, 0 }, { -1 / 6.0, -1 / 6.0, -1 / 6.0 }, { -1 / 6.0, 1 / 6.0, -1 / 6.0 },
        { 1 / 24.0, 1 / 12.0, 1 / 6.0 }, { 1 / 24.0, -1 / 12.0, 1 / 6.0 }, { 0, 0, 1 },
    };

    private static readonly double[,] s_output =
    {
        { 1, 1, 1, 1, 1, 0 }, { 0, 1, -1, 2, -2, 0 }, { 0, 1, 1, 4, 4, 0 }, { 0, 1, -1, 8, -8, 1 },
    };

    private static readonly double[,] s_outputTransposed = Transpose(s_output);
    private static readonly double[,] s_filterTransposed = Transpose(s_filter);

    /// <summary>y = x ∗ w.</summary>
    public static void Forward<T>(ConvForward<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Func<int, int, int, int, T> x = ElementOf(op.X), w = ElementOf(op.W);
        Convolve(
            (n, i, j, c) => x(n, i - g.Padding.Top, j - g.Padding.Left, c), w, new Plane4<T>(op.Y),
            (op.X.Shape[0], g.P, g.Q, g.K, g.C), op.Accumulate);
    }

    /// <summary>dx: dy convolved with the filters turned round.</summary>
    public static void BackwardData<T>(ConvBackwardData<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Func<int, int, int, int, T> dy = ElementOf(op.Dy), w = ElementOf(op.W);
        Convolve(
            (n, i, j, k) => dy(n, i + g.Padding.Top - 2, j + g.Padding.Left - 2, k), (c, r, s, k) => w(k, 2 - r, 2 - s, c), new Plane4<T>(op.Dx),
            (op.Dy.Shape[0], g.H, g.W, g.C, g.K), op.Accumulate);
    }

    /// <summary>dw = Gᵀ[Σ_tiles (A dy Aᵀ) ⊙ (Bᵀ x B)]G.</summary>
    public static void BackwardFilter<T>(ConvBackwardFilter<T> op)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Func<int, int, int, int, T> x = ElementOf(op.X), dy = ElementOf(op.Dy);
        Plane4<T> dw = new(op.Dw);
        T[][,] sums = [.. Enumerable.Range(0, g.K * g.C).Select(static _ => new T[Line, Line])];
        foreach ((int n, int p, int q) in Tiles(op.X.Shape[0], g.P, g.Q))
        {
            T[][,] v = Each(g.C, c => Sandwich(s_input, Line, (i, j) => x(n, p + i - g.Padding.Top, q + j - g.Padding.Left, c)));
            T[][,] d = Each(g.K, k => Sandwich(s_outputTransposed, Tile, (i, j) => dy(n, p + i, q + j, k)));
            for (int f = 0; f < sums.Length; f++)
            {
                AddProducts(sums[f], v[f % g.C], d[f / g.C]);
            }
        }

        for (int f = 0; f < sums.Length; f++)
        {
            T[,] taps = Sandwich(s_filterTransposed, Line, (i, j) => sums[f][i, j]);
            for (int tap = 0; tap < 9; tap++)
            {
                (int r, int s) = (tap / 3, tap % 3);
                dw[f / g.C, r, s, f % g.C] = op.Accumulate ? dw[f / g.C, r, s, f % g.C] + taps[r, s] : taps[r, s];
            }
        }
    }

    private static void Convolve<T>(
        Func<int, int, int, int, T> source, Func<int, int, int, int, T> filters, Plane4<T> result, (int N, int P, int Q, int K, int C) extent, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[][,] u = Each(extent.K * extent.C, f => Sandwich(s_filter, 3, (r, s) => filters(f / extent.C, r, s, f % extent.C)));
        foreach ((int n, int p, int q) in Tiles(extent.N, extent.P, extent.Q))
        {
            T[][,] v = Each(extent.C, c => Sandwich(s_input, Line, (i, j) => source(n, p + i, q + j, c)));
            for (int k = 0; k < extent.K; k++)
            {
                T[,] m = new T[Line, Line];
                for (int c = 0; c < extent.C; c++)
                {
                    AddProducts(m, v[c], u[(k * extent.C) + c]);
                }

                T[,] y = Sandwich(s_output, Line, (i, j) => m[i, j]);
                for (int place = 0; place < Tile * Tile; place++)
                {
                    (int i, int j) = (place / Tile, place % Tile);
                    if (p + i < extent.P && q + j < extent.Q)
                    {
                        result[n, p + i, q + j, k] = accumulate ? result[n, p + i, q + j, k] + y[i, j] : y[i, j];
                    }
                }
            }
        }
    }

    private static IEnumerable<(int N, int P, int Q)> Tiles(int samples, int rows, int columns)
    {
        for (int n = 0; n < samples; n++)
        {
            for (int p = 0; p < rows; p += Tile)
            {
                for (int q = 0; q < columns; q += Tile)
                {
                    yield return (n, p, q);
                }
            }
        }
    }

    /// <summary>The elements of a tensor of rank 4, 0 beyond its rows and columns.</summary>
    private static Func<int, int, int, int, T> ElementOf<T>(TensorRef<T> tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = HostMemory<T>.SpanOf(tensor).ToArray();
        (int rows, int columns, int channels) = (tensor.Shape[1], tensor.Shape[2], tensor.Shape[3]);
        return (n, row, column, channel) => row >= 0 && column >= 0 && row < rows && column < columns
            ? values[(((((n * rows) + row) * columns) + column) * channels) + channel]
            : T.Zero;
    }

    private static T[][,] Each<T>(int count, Func<int, T[,]> make)
        where T : unmanaged => [.. Enumerable.Range(0, count).Select(make)];

    private static void AddProducts<T>(T[,] sum, T[,] a, T[,] b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int point = 0; point < Line * Line; point++)
        {
            (int i, int j) = (point / Line, point % Line);
            sum[i, j] += a[i, j] * b[i, j];
        }
    }

    /// <summary>L x Lᵀ.</summary>
    private static T[,] Sandwich<T>(double[,] l, int extent, Func<int, int, T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[,] half = Product(l, extent, extent, x);
        T[,] whole = Product(l, extent, l.GetLength(0), (i, j) => half[j, i]);
        T[,] turned = new T[l.GetLength(0), l.GetLength(0)];
        for (int i = 0; i < l.GetLength(0); i++)
        {
            for (int j = 0; j < l.GetLength(0); j++)
            {
                turned[i, j] = whole[j, i];
            }
        }

        return turned;
    }

    /// <summary>L x, of columns of x.</summary>
    private static T[,] Product<T>(double[,] l, int extent, int columns, Func<int, int, T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[,] product = new T[l.GetLength(0), columns];
        for (int i = 0; i < l.GetLength(0); i++)
        {
            for (int j = 0; j < columns; j++)
            {
                for (int a = 0; a < extent; a++)
                {
                    product[i, j] += l[i, a] == 0 ? T.Zero : T.CreateChecked(l[i, a]) * x(a, j);
                }
            }
        }

        return product;
    }

    private static double[,] Transpose(double[,] matrix)
    {
        double[,] turned = new double[matrix.GetLength(1), matrix.GetLength(0)];
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++)
            {
                turned[j, i] = matrix[i, j];
            }
        }

        return turned;
    }
}
