using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>
/// The three convolutions as one loop over products, with a mistake in its indices. Without one it is the definition: the products of
/// (n, p, q, k) and (r, s, c) go to y, to x or to w.
/// </summary>
/// <param name="name">The name.</param>
/// <param name="defect">What is wrong.</param>
internal sealed class ConvolutionLoop(string name, string defect) : Fault(name, defect, "conv.*")
{
    private static readonly string[] s_operands = ["x", "w", "y"];

    /// <summary>The row that is read; negative for padding.</summary>
    public Func<ConvGeometry, int, int, int> Row { get; init; } = static (g, p, r) => g.SourceRow(p, r);

    /// <summary>The column that is read; negative for padding.</summary>
    public Func<ConvGeometry, int, int, int> Column { get; init; } = static (g, q, s) => g.SourceColumn(q, s);

    /// <summary>The place of a tap in its slice, R·S to a slice.</summary>
    public Func<ConvGeometry, int, int, int> Tap { get; init; } = static (g, r, s) => (r * g.S) + s;

    /// <summary>The first input channel that an output channel reads.</summary>
    public Func<ConvGeometry, int, int> FirstChannel { get; init; } = static (g, k) => k / g.GroupK * g.GroupC;

    /// <summary>How many channels a tap sums.</summary>
    public Func<ConvGeometry, int, int, int> Channels { get; init; } = static (g, _, _) => g.GroupC;

    public override void Run<T>(FaultyRun<T> run)
    {
        (ConvGeometry g, int destination, bool adds) = run.Op switch
        {
            ConvForward<T> forward => (forward.Geometry, 2, forward.Accumulate),
            ConvBackwardData<T> data => (data.Geometry, 0, data.Accumulate),
            ConvBackwardFilter<T> filter => (filter.Geometry, 1, filter.Accumulate),
            _ => throw new NotSupportedException($"{run.Op.Name} is no convolution."),
        };
        Operand[] operands = [.. s_operands.Select(name => run.Op.Operands.Single(o => o.Name == name || o.Name == $"d{name}"))];
        T[][] values = Array.ConvertAll(operands, operand => Array.ConvertAll(run.Read(operand), T.CreateChecked));
        if (!adds)
        {
            values[destination].AsSpan().Clear();
        }

        for (int place = 0; place < values[2].Length / g.K; place++)
        {
            Window(g, place, destination, values);
        }

        run.Write(operands[destination], Array.ConvertAll(values[destination], double.CreateChecked));
    }

    /// <summary>All products of one output position.</summary>
    private void Window<T>(ConvGeometry g, int place, int destination, T[][] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int n, int p, int q) = (place / (g.P * g.Q), place / g.Q % g.P, place % g.Q);
        for (int r = 0; r < g.R; r++)
        {
            for (int s = 0; s < g.S; s++)
            {
                (int row, int column, int channels) = (Row(g, p, r), Column(g, q, s), Channels(g, r, s));
                if ((uint)row >= (uint)g.H || (uint)column >= (uint)g.W)
                {
                    continue;
                }

                for (int k = 0; k < g.K; k++)
                {
                    int x = (((((n * g.H) + row) * g.W) + column) * g.C) + FirstChannel(g, k);
                    int w = ((k * g.Taps) + Tap(g, r, s)) * g.GroupC;
                    Products(values, destination, (x, w, (place * g.K) + k), channels);
                }
            }
        }
    }

    private static void Products<T>(T[][] values, int destination, (int X, int W, int Y) first, int channels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (T[] x, T[] w, T[] y) = (values[0], values[1], values[2]);
        for (int c = 0; c < channels; c++)
        {
            switch (destination)
            {
                case 0: x[first.X + c] += y[first.Y] * w[first.W + c]; break;
                case 1: w[first.W + c] += y[first.Y] * x[first.X + c]; break;
                default: y[first.Y] += x[first.X + c] * w[first.W + c]; break;
            }
        }
    }
}
