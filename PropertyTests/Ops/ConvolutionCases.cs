using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of the three convolution ops.</summary>
internal static class ConvolutionCases
{
    /// <summary>A valid geometry, built so that it is valid: the input is made large enough for the filter, never the other way round.</summary>
    public static ConvGeometry Geometry(Draws draws)
    {
        int groups = draws.OneOf(1, 1, 2, 3);
        (int r, int s) = (draws.Between(1, 4), draws.Between(1, 4));
        (int, int) stride = (draws.Between(1, 3), draws.Between(1, 3));
        (int H, int W) dilation = (draws.Between(1, 2), draws.Between(1, 2));
        Border padding = new(draws.Between(0, 2), draws.Between(0, 2), draws.Between(0, 2), draws.Between(0, 2));
        PaddingMode mode = draws.OneOf(PaddingMode.Zero, PaddingMode.Zero, PaddingMode.Replicate, PaddingMode.Reflect);
        int h = Extent(draws, ((r - 1) * dilation.H) + 1, padding.Top, padding.Bottom, mode);
        int w = Extent(draws, ((s - 1) * dilation.W) + 1, padding.Left, padding.Right, mode);
        int c = groups * draws.Channels(), k = groups * draws.Channels();
        return new ConvGeometry(h, w, c, k, r, s, stride, padding, dilation, groups, mode);
    }

    public static OpCase Forward(ConvGeometry geometry, int n, bool accumulate = false) => new ForwardCase(geometry, n, accumulate);

    public static OpCase BackwardData(ConvGeometry geometry, int n, bool accumulate = false) => new DataCase(geometry, n, accumulate);

    public static OpCase BackwardFilter(ConvGeometry geometry, int n, bool accumulate = false) => new FilterCase(geometry, n, accumulate);

    private static int Extent(Draws draws, int span, int before, int after, PaddingMode mode)
    {
        int least = Math.Max(1, span - before - after);
        return (mode == PaddingMode.Reflect ? Math.Max(least, Math.Max(before, after) + 1) : least) + draws.Room();
    }

    /// <summary>How often the most used element of an axis is read by one output axis; at most the taps unless the border repeats elements.</summary>
    private static int Uses(int outputs, int taps, int extent, Func<int, int, int> source)
    {
        int[] uses = new int[extent];
        for (int p = 0; p < outputs; p++)
        {
            for (int r = 0; r < taps; r++)
            {
                if (source(p, r) is >= 0 and int element)
                {
                    uses[element]++;
                }
            }
        }

        return Math.Max(taps, uses.Max());
    }

    private sealed class ForwardCase(ConvGeometry g, int n, bool accumulate) : OpCase
    {
        public override string Text => $"{ConvForward<double>.Kind} n{n}{g}{(accumulate ? " accumulating" : "")}";

        public override OpCase? Accumulating => new ForwardCase(g, n, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ConvForward<T>(g, at.Real("x", g.Input(n)), at.Real("w", g.Filter), at.Real("y", g.Output(n)), accumulate);

        public override int Roundings(string operand) => (g.GroupC * g.Taps) + (accumulate ? 1 : 0);
    }

    private sealed class DataCase(ConvGeometry g, int n, bool accumulate) : OpCase
    {
        public override string Text => $"{ConvBackwardData<double>.Kind} n{n}{g}{(accumulate ? " accumulating" : "")}";

        public override OpCase? Accumulating => new DataCase(g, n, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ConvBackwardData<T>(g, at.Real("dy", g.Output(n)), at.Real("w", g.Filter), at.Real("dx", g.Input(n)), accumulate);

        public override int Roundings(string operand) =>
            (g.GroupK * Uses(g.P, g.R, g.H, g.SourceRow) * Uses(g.Q, g.S, g.W, g.SourceColumn)) + (accumulate ? 1 : 0);
    }

    private sealed class FilterCase(ConvGeometry g, int n, bool accumulate) : OpCase
    {
        public override string Text => $"{ConvBackwardFilter<double>.Kind} n{n}{g}{(accumulate ? " accumulating" : "")}";

        public override OpCase? Accumulating => new FilterCase(g, n, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ConvBackwardFilter<T>(g, at.Real("x", g.Input(n)), at.Real("dy", g.Output(n)), at.Real("dw", g.Filter), accumulate);

        public override int Roundings(string operand) => (n * g.P * g.Q) + (accumulate ? 1 : 0);
    }
}
