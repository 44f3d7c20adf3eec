using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Wrong maxima, wrong means, and shortcuts in the wrong channels.</summary>
internal static class PoolFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new MaxLoop("max-pool-last-wins", "of equal maxima the last wins") { LastWins = true },
        new MaxLoop("argmax-in-the-window", "the place of a maximum counts from its window instead of its plane") { CountsFromWindow = true },
        new MaxLoop("max-pool-ignores-nan", "a NaN never wins, because no comparison with it holds") { IgnoresNan = true },
        new MaxLoop("max-pool-pads-with-zero", "a window that reaches over the border has a maximum of at least 0") { PadsWithZero = true },
        new MaxGradientOverwritten(),
        new MeanDivisor(),
        new ShortcutBefore(),
        new ShortcutDivisor(),
    ];

    /// <summary>The definition of the maximum, with a mistake.</summary>
    private sealed class MaxLoop(string name, string defect) : Fault(name, defect, MaxPoolForward<double>.Kind)
    {
        public bool LastWins { get; init; }

        public bool CountsFromWindow { get; init; }

        public bool IgnoresNan { get; init; }

        public bool PadsWithZero { get; init; }

        public override void Run<T>(FaultyRun<T> run)
        {
            PoolGeometry g = ((MaxPoolForward<T>)run.Op).Geometry;
            double[] x = run.Read("x"), y = run.Read("y"), argmax = run.Read("argmax");
            for (int i = 0; i < y.Length; i++)
            {
                (int place, int first) = (i / g.C % (g.P * g.Q), (i / (g.P * g.Q * g.C) * g.H * g.W * g.C) + (i % g.C));
                (y[i], argmax[i]) = Maximum(g, x, first, place / g.Q, place % g.Q);
            }

            run.Write("y", y);
            run.Write("argmax", argmax);
        }

        private (double Maximum, int Place) Maximum(PoolGeometry g, double[] x, int first, int p, int q)
        {
            (int top, int bottom) = g.Rows(p);
            (int left, int right) = g.Columns(q);
            (double best, int place) = (double.NegativeInfinity, -1);
            for (int h = top; h < bottom; h++)
            {
                for (int w = left; w < right; w++)
                {
                    double value = x[first + (((h * g.W) + w) * g.C)];
                    if (place < 0 || Beats(value, best))
                    {
                        (best, place) = (value, CountsFromWindow ? ((h - top) * g.WindowW) + w - left : (h * g.W) + w);
                    }
                }
            }

            bool clipped = bottom - top < g.WindowH || right - left < g.WindowW;
            return (PadsWithZero && clipped ? Math.Max(best, 0) : best, place);
        }

        private bool Beats(double value, double best) =>
            value > best || (LastWins && value == best) || (double.IsNaN(value) && !double.IsNaN(best) && !IgnoresNan) || (IgnoresNan && double.IsNaN(best));
    }

    private sealed class MaxGradientOverwritten() : Fault(
        "max-pool-gradient-overwritten", "an element that wins in several windows gets the gradient of the last alone", MaxPoolBackward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            MaxPoolBackward<T> op = (MaxPoolBackward<T>)run.Op;
            PoolGeometry g = op.Geometry;
            double[] dy = run.Read("dy"), argmax = run.Read("argmax");
            double[] old = op.Accumulate ? run.Read("dx") : new double[op.Dx.Length], dx = [.. old];
            for (int i = 0; i < dy.Length; i++)
            {
                int winner = (((i / (g.P * g.Q * g.C) * g.H * g.W) + (int)argmax[i]) * g.C) + (i % g.C);
                dx[winner] = old[winner] + dy[i];
            }

            run.Write("dx", dx);
        }
    }

    private sealed class MeanDivisor() : Fault(
        "mean-pool-divisor", "padding counts in the divisor of a mean where it should not, and the reverse", "pool.mean-*")
    {
        public override void Run<T>(FaultyRun<T> run) => run.Run(run.Op switch
        {
            MeanPoolForward<T> forward => new MeanPoolForward<T>(Other(forward.Geometry), forward.X, forward.Y),
            MeanPoolBackward<T> backward => new MeanPoolBackward<T>(Other(backward.Geometry), backward.Dy, backward.Dx, backward.Accumulate),
            _ => run.Op,
        });

        private static PoolGeometry Other(PoolGeometry g)
        {
            PoolGeometry floor = With(g, ceiling: false);
            return (floor.P, floor.Q) == (g.P, g.Q) ? floor : With(g, ceiling: true);
        }

        private static PoolGeometry With(PoolGeometry g, bool ceiling) =>
            new(g.H, g.W, g.C, (g.WindowH, g.WindowW), (g.StrideH, g.StrideW), (g.PadH, g.PadW), ceiling, !g.CountPadding);
    }

    private sealed class ShortcutBefore() : Fault("shortcut-not-centred", "channels are widened at the end alone, not on both sides", "shortcut.*")
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            if (run.Op is ShortcutBackward<T> backward)
            {
                run.PassWith((run.Operand("dy"), Moved(run.Read("dy"), backward.Geometry.K, -backward.Geometry.FirstChannel)));
                return;
            }

            ShortcutGeometry g = ((ShortcutForward<T>)run.Op).Geometry;
            run.Pass();
            run.Write("y", Moved(run.Read("y"), g.K, g.FirstChannel));
        }

        private static double[] Moved(double[] values, int channels, int by) =>
            [.. values.Select((_, i) => values[(i / channels * channels) + (((i % channels) + by + channels) % channels)])];
    }

    private sealed class ShortcutDivisor() : Fault(
        "shortcut-divisor", "a mean over a window that the border clips divides by the whole window", ShortcutForward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            ShortcutGeometry g = ((ShortcutForward<T>)run.Op).Geometry;
            run.Pass();
            double[] y = run.Read("y");
            for (int i = 0; i < y.Length && g.Average; i++)
            {
                int place = i / g.K % (g.P * g.Q);
                int rows = Math.Min(g.Stride, g.H - (place / g.Q * g.Stride)), columns = Math.Min(g.Stride, g.W - (place % g.Q * g.Stride));
                y[i] *= (double)(rows * columns) / (g.Stride * g.Stride);
            }

            run.Write("y", y);
        }
    }
}
