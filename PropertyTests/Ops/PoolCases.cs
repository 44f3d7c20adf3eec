using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of the pooling ops.</summary>
internal static class PoolCases
{
    /// <summary>A valid geometry: padding up to half the window, the input large enough for one window.</summary>
    public static PoolGeometry Geometry(Draws draws)
    {
        (int H, int W) window = (draws.Between(1, 4), draws.Between(1, 4));
        (int H, int W) padding = (draws.Between(0, window.H / 2), draws.Between(0, window.W / 2));
        (int, int) stride = (draws.Between(1, 3), draws.Between(1, 3));
        int h = Math.Max(1, window.H - (2 * padding.H)) + draws.Room();
        int w = Math.Max(1, window.W - (2 * padding.W)) + draws.Room();
        return new PoolGeometry(h, w, draws.Channels(), window, stride, padding, draws.Flag(), draws.Flag());
    }

    public static OpCase MaxForward(PoolGeometry geometry, int n) => new MaxForwardCase(geometry, n);

    public static OpCase MaxBackward(PoolGeometry geometry, int n, bool accumulate = false) => new MaxBackwardCase(geometry, n, accumulate);

    public static OpCase MeanForward(PoolGeometry geometry, int n) => new MeanForwardCase(geometry, n);

    public static OpCase MeanBackward(PoolGeometry geometry, int n, bool accumulate = false) => new MeanBackwardCase(geometry, n, accumulate);

    private static string Describe(string kind, PoolGeometry g, int n, bool accumulate) =>
        $"{kind} n{n}c{g.C}h{g.H}w{g.W} window {g.WindowH}x{g.WindowW} stride {g.StrideH}x{g.StrideW} pad {g.PadH}x{g.PadW} "
        + $"to {g.P}x{g.Q}{(g.CountPadding ? " counting padding" : "")}{(accumulate ? " accumulating" : "")}";

    /// <summary>The largest number of windows that one element lies in.</summary>
    private static int Overlap(PoolGeometry g) =>
        Divide(g.WindowH, g.StrideH) * Divide(g.WindowW, g.StrideW);

    private static int Divide(int window, int stride) => (window + stride - 1) / stride;

    private sealed class MaxForwardCase(PoolGeometry g, int n) : OpCase
    {
        public override string Text => Describe(MaxPoolForward<double>.Kind, g, n, accumulate: false);

        public override Op<T> Build<T>(IOperands<T> at) =>
            new MaxPoolForward<T>(g, at.Real("x", g.Input(n)), at.Real("y", g.Output(n)), at.Integer("argmax", g.Output(n)));

        public override int Roundings(string operand) => 0;
    }

    private sealed class MaxBackwardCase(PoolGeometry g, int n, bool accumulate) : OpCase
    {
        public override string Text => Describe(MaxPoolBackward<double>.Kind, g, n, accumulate);

        public override OpCase? Accumulating => new MaxBackwardCase(g, n, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) => new MaxPoolBackward<T>(
            g, at.Real("dy", g.Output(n)), at.Integer("argmax", g.Output(n)), at.Real("dx", g.Input(n)), accumulate);

        public override int Roundings(string operand) => Overlap(g) + (accumulate ? 1 : 0);

        /// <summary>Any element of its window may have won.</summary>
        public override int[] Indices(string operand, Shape shape, Draws draws)
        {
            int[] winners = new int[shape.Length];
            for (int i = 0; i < winners.Length; i++)
            {
                int place = i / g.C % (g.P * g.Q);
                (int top, int bottom) = g.Rows(place / g.Q);
                (int left, int right) = g.Columns(place % g.Q);
                winners[i] = (draws.Between(top, bottom - 1) * g.W) + draws.Between(left, right - 1);
            }

            return winners;
        }
    }

    private sealed class MeanForwardCase(PoolGeometry g, int n) : OpCase
    {
        public override string Text => Describe(MeanPoolForward<double>.Kind, g, n, accumulate: false);

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) =>
            new MeanPoolForward<T>(g, at.Real("x", g.Input(n)), at.Real("y", g.Output(n)));

        public override int Roundings(string operand) => (g.WindowH * g.WindowW) + 1;
    }

    private sealed class MeanBackwardCase(PoolGeometry g, int n, bool accumulate) : OpCase
    {
        public override string Text => Describe(MeanPoolBackward<double>.Kind, g, n, accumulate);

        public override bool IsExactOnIntegers => false;

        public override OpCase? Accumulating => new MeanBackwardCase(g, n, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) =>
            new MeanPoolBackward<T>(g, at.Real("dy", g.Output(n)), at.Real("dx", g.Input(n)), accumulate);

        public override int Roundings(string operand) => Overlap(g) + 1 + (accumulate ? 1 : 0);
    }
}
