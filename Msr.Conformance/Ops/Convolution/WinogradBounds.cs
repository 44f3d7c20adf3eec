using Msr.Conformance.Cases;

namespace Msr.Conformance.Ops.Convolution;

/// <summary>
/// How far convolutions by Winograd's F(4×4, 3×3) may be from the truth: γ_N times the same transforms and products on absolute values, where N
/// is the longest chain of roundings, and what products and sums in between lose to underflow. docs/error-bounds.md derives it.
/// </summary>
/// <param name="rounding">The rounding of the backend.</param>
internal sealed class WinogradBounds(Rounding rounding)
{
    private const int Tile = 4;
    private const int Taps = 3;
    private const int Line = 6;

    // Both dimensions, products and sums rounded apart: 3 in a line of the input or the output, 2 in one of a gradient of outputs, 4 (a rounded
    // constant among them) in one of filters, 5 in one of gradients of filters.
    private const int InputRoundings = 6;
    private const int OutputRoundings = 6;
    private const int OutputGradientRoundings = 4;
    private const int FilterRoundings = 8;
    private const int FilterGradientRoundings = 10;

    // A rounding may lose η to underflow. Three in a line, weighed by the next dimension (whose rows have absolute sums of 10 in Bᵀ, 19 in Aᵀ, 15 in
    // A, less in G) and lost once more: at most 3·19 + 3 for a transform, and five in a line of Gᵀ, whose rows weigh less than 2, are fewer.
    private const double Lost = 3 * (19 + 1);

    private static readonly double[,] s_input =
    {
        { 4, 0, 5, 0, 1, 0 }, { 0, 4, 4, 1, 1, 0 }, { 0, 4, 4, 1, 1, 0 }, { 0, 2, 1, 2, 1, 0 }, { 0, 2, 1, 2, 1, 0 }, { 0, 4, 0, 5, 0, 1 },
    };

    private static readonly double[,] s_filter =
    {
        { 1 / 4.0, 0, 0 }, { 1 / 6.0, 1 / 6.0, 1 / 6.0 }, { 1 / 6.0, 1 / 6.0, 1 / 6.0 },
        { 1 / 24.0, 1 / 12.0, 1 / 6.0 }, { 1 / 24.0, 1 / 12.0, 1 / 6.0 }, { 0, 0, 1 },
    };

    private static readonly double[,] s_output =
    {
        { 1, 1, 1, 1, 1, 0 }, { 0, 1, 1, 2, 2, 0 }, { 0, 1, 1, 4, 4, 0 }, { 0, 1, 1, 8, 8, 1 },
    };

    /// <summary>Whether to give the weights alone, those that γ_N multiplies: the largest number that can occur on the way to a result.</summary>
    public bool WeighsOnly { get; init; }

    /// <summary>The bound of a convolution y = x ∗ w, or of its gradient by the input, which is one of dy with turned filters.</summary>
    /// <param name="source">The source, [N, H, W, C], at a position that may lie outside.</param>
    /// <param name="filters">Filters: outputs k, taps r and s in the order in which they meet the source, channels c.</param>
    /// <param name="extent">Samples, rows, columns and channels of the result, and the channels of the source.</param>
    /// <param name="old">What the result held before, where it is added to.</param>
    public double[] Convolution(Func<int, int, int, int, double> source, Func<int, int, int, int, double> filters, (int N, int P, int Q, int K, int C) extent, double[]? old)
    {
        (int samples, int rows, int columns, int outputs, int channels) = extent;
        double[][,] u = Filters(filters, outputs, channels);
        double gamma = rounding.Gamma(InputRoundings + FilterRoundings + channels + 1 + OutputRoundings + 1);
        double[] bound = new double[(long)samples * rows * columns * outputs];
        for (int n = 0; n < samples; n++)
        {
            for (int p = 0; p < rows; p += Tile)
            {
                for (int q = 0; q < columns; q += Tile)
                {
                    double[][,] v = [.. Enumerable.Range(0, channels).Select(c => Sandwich(s_input, Line, (i, j) => Math.Abs(source(n, p + i, q + j, c))))];
                    for (int k = 0; k < outputs; k++)
                    {
                        double[,] m = Products(v, u, k * channels), lost = Losses(v, u, k * channels);
                        double[,] y = Sandwich(s_output, Line, (i, j) => m[i, j]), underflow = Sandwich(s_output, Line, (i, j) => lost[i, j]);
                        for (int i = 0; i < Math.Min(Tile, rows - p); i++)
                        {
                            for (int j = 0; j < Math.Min(Tile, columns - q); j++)
                            {
                                int at = (((((n * rows) + p + i) * columns) + q + j) * outputs) + k;
                                bound[at] = Total(gamma, y[i, j] + Math.Abs(old?[at] ?? 0), underflow[i, j]);
                            }
                        }
                    }
                }
            }
        }

        return bound;
    }

    /// <summary>The bound of a gradient by filters.</summary>
    /// <param name="x">The input, at a position that may lie outside.</param>
    /// <param name="dy">The gradient of the output, 0 outside.</param>
    /// <param name="extent">Samples, rows, columns and channels of dy, and the channels of x.</param>
    /// <param name="old">What the result held before, where it is added to.</param>
    public double[] FilterGradient(Func<int, int, int, int, double> x, Func<int, int, int, int, double> dy, (int N, int P, int Q, int K, int C) extent, double[]? old)
    {
        (int samples, int rows, int columns, int outputs, int channels) = extent;
        double[][,] sums = Zeros(outputs * channels), lost = Zeros(outputs * channels);
        int tiles = 0;
        for (int n = 0; n < samples; n++)
        {
            for (int p = 0; p < rows; p += Tile)
            {
                for (int q = 0; q < columns; q += Tile)
                {
                    double[][,] v = [.. Enumerable.Range(0, channels).Select(c => Sandwich(s_input, Line, (i, j) => Math.Abs(x(n, p + i, q + j, c))))];
                    double[][,] d = [.. Enumerable.Range(0, outputs).Select(k => Transposed(s_output, Tile, (i, j) => Math.Abs(dy(n, p + i, q + j, k))))];
                    AddProducts(v, d, sums, lost);
                    tiles++;
                }
            }
        }

        double gamma = rounding.Gamma(InputRoundings + OutputGradientRoundings + tiles + 1 + FilterGradientRoundings + 1);
        double[] bound = new double[outputs * Taps * Taps * channels];
        for (int f = 0; f < sums.Length; f++)
        {
            double[,] w = Transposed(s_filter, Line, (i, j) => sums[f][i, j]), underflow = Transposed(s_filter, Line, (i, j) => lost[f][i, j]);
            for (int tap = 0; tap < Taps * Taps; tap++)
            {
                int at = (((f / channels * Taps * Taps) + tap) * channels) + (f % channels);
                bound[at] = Total(gamma, w[tap / Taps, tap % Taps] + Math.Abs(old?[at] ?? 0), underflow[tap / Taps, tap % Taps]);
            }
        }

        return bound;
    }

    // Where a number on the way may leave the range of the type, any result is in order.
    private double Total(double gamma, double weight, double underflow) =>
        WeighsOnly ? weight : weight > rounding.Largest ? double.PositiveInfinity : (gamma * weight) + underflow + (Lost * rounding.Underflow);

    private static double[][,] Filters(Func<int, int, int, int, double> filters, int outputs, int channels) =>
        [.. Enumerable.Range(0, outputs * channels).Select(f => Sandwich(s_filter, Taps, (r, s) => Math.Abs(filters(f / channels, r, s, f % channels))))];

    private static double[][,] Zeros(int count) => [.. Enumerable.Range(0, count).Select(static _ => new double[Line, Line])];

    private static double[,] Products(double[][,] v, double[][,] u, int first) => Sum(v, u, first, static (a, b) => a * b);

    private double[,] Losses(double[][,] v, double[][,] u, int first) => Sum(v, u, first, Loss);

    // A factor that lost Lost·η meets the other one, and the product itself and its sum lose η each.
    private double Loss(double a, double b) => ((Lost * (a + b)) + 2) * rounding.Underflow;

    private void AddProducts(double[][,] v, double[][,] d, double[][,] sums, double[][,] lost)
    {
        for (int f = 0; f < sums.Length; f++)
        {
            double[,] a = v[f % v.Length], b = d[f / v.Length];
            for (int point = 0; point < Line * Line; point++)
            {
                (int i, int j) = (point / Line, point % Line);
                sums[f][i, j] += a[i, j] * b[i, j];
                lost[f][i, j] += Loss(a[i, j], b[i, j]);
            }
        }
    }

    private static double[,] Sum(double[][,] v, double[][,] u, int first, Func<double, double, double> term)
    {
        double[,] sum = new double[Line, Line];
        for (int c = 0; c < v.Length; c++)
        {
            for (int point = 0; point < Line * Line; point++)
            {
                (int i, int j) = (point / Line, point % Line);
                sum[i, j] += term(v[c][i, j], u[first + c][i, j]);
            }
        }

        return sum;
    }

    /// <summary>L x Lᵀ.</summary>
    private static double[,] Sandwich(double[,] l, int extent, Func<int, int, double> x) => Sandwich(l.GetLength(0), extent, (i, j) => l[i, j], x);

    /// <summary>Lᵀ x L.</summary>
    private static double[,] Transposed(double[,] l, int extent, Func<int, int, double> x) => Sandwich(l.GetLength(1), extent, (i, j) => l[j, i], x);

    private static double[,] Sandwich(int lines, int extent, Func<int, int, double> l, Func<int, int, double> x)
    {
        double[,] half = new double[lines, extent], whole = new double[lines, lines];
        for (int i = 0; i < lines; i++)
        {
            for (int j = 0; j < extent; j++)
            {
                for (int a = 0; a < extent; a++)
                {
                    half[i, j] += l(i, a) * x(a, j);
                }
            }
        }

        for (int i = 0; i < lines; i++)
        {
            for (int j = 0; j < lines; j++)
            {
                for (int a = 0; a < extent; a++)
                {
                    whole[i, j] += half[i, a] * l(j, a);
                }
            }
        }

        return whole;
    }
}
