using System.Numerics;
using Msr.Conformance.Faults;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops.Convolution;

/// <summary>Wrong indices in convolutions, and weights that are not those of this run.</summary>
internal static class ConvolutionFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ConvolutionLoop("dropped-product", "the last tap of the last channel is not added")
        {
            Channels = static (g, r, s) => r == g.R - 1 && s == g.S - 1 ? g.GroupC - 1 : g.GroupC,
        },
        new ConvolutionLoop("off-by-one-pad", "every window begins one row too low") { Row = static (g, p, r) => Position(g, p, r, g.Padding.Top - 1) },
        new ConvolutionLoop("flipped-kernel", "taps run backwards: a true convolution instead of a cross-correlation")
        {
            Tap = static (g, r, s) => ((g.R - 1 - r) * g.S) + g.S - 1 - s,
        },
        new ConvolutionLoop("transposed-kernel", "rows and columns of the taps are exchanged") { Tap = static (g, r, s) => (s * g.R) + r },
        new ConvolutionLoop("swapped-pads", "top and left padding are exchanged")
        {
            Row = static (g, p, r) => Position(g, p, r, g.Padding.Left),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideW) - g.Padding.Top + (s * g.DilationW), g.W, g.Mode),
        },
        new ConvolutionLoop("pads-from-the-end", "the padding at the end of an axis is taken for the one at its beginning")
        {
            Row = static (g, p, r) => Position(g, p, r, g.Padding.Bottom),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideW) - g.Padding.Right + (s * g.DilationW), g.W, g.Mode),
        },
        new ConvolutionLoop("swapped-strides", "vertical and horizontal stride are exchanged")
        {
            Row = static (g, p, r) => ConvGeometry.Source((p * g.StrideW) - g.Padding.Top + (r * g.DilationH), g.H, g.Mode),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideH) - g.Padding.Left + (s * g.DilationW), g.W, g.Mode),
        },
        new ConvolutionLoop("dilation-ignored", "taps lie side by side whatever the dilation")
        {
            Row = static (g, p, r) => ConvGeometry.Source((p * g.StrideH) - g.Padding.Top + r, g.H, g.Mode),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideW) - g.Padding.Left + s, g.W, g.Mode),
        },
        new ConvolutionLoop("padding-mode-ignored", "borders are zero where they should replicate or reflect")
        {
            Row = static (g, p, r) => ConvGeometry.Source((p * g.StrideH) - g.Padding.Top + (r * g.DilationH), g.H, PaddingMode.Zero),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideW) - g.Padding.Left + (s * g.DilationW), g.W, PaddingMode.Zero),
        },
        new ConvolutionLoop("wrong-group", "an output channel reads the input channels of the next group")
        {
            FirstChannel = static (g, k) => ((k / g.GroupK) + 1) % g.Groups * g.GroupC,
        },
        new StaleWeights(),
    ];

    private static int Position(ConvGeometry g, int p, int r, int top) => ConvGeometry.Source((p * g.StrideH) - top + (r * g.DilationH), g.H, g.Mode);

    private sealed class StaleWeights() : Fault(
        "stale-weights", "the weights of the previous run of the same shape are used, as from a packed copy that is not renewed", "conv.forward", "conv.backward-data")
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            object key = (run.Op.Name, string.Join('|', run.Op.Operands.Select(static operand => operand.Shape)));
            Operand w = run.Operand("w");
            double[] now = run.Read(w);
            if (run.Memory.TryGetValue(key, out double[]? before))
            {
                run.PassWith((w, before));
            }
            else
            {
                run.Pass();
            }

            run.Memory[key] = now;
        }
    }
}

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
        ConvolutionOp<T> op = (ConvolutionOp<T>)run.Op;
        ConvGeometry g = op.Geometry;
        Operand[] operands = [.. s_operands.Select(name => run.Op.Operands.Single(o => o.Name == name || o.Name == $"d{name}"))];
        T[][] values = Array.ConvertAll(operands, operand => Array.ConvertAll(run.Read(operand), T.CreateChecked));
        int destination = Array.FindIndex(operands, static operand => operand.Access != OperandAccess.Read);
        if (!op.Accumulate)
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
