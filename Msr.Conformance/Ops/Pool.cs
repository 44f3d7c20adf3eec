using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The four pooling ops.</summary>
/// <param name="kind">The kind.</param>
/// <param name="accumulates">Whether the op can accumulate.</param>
/// <param name="create">Makes a case.</param>
internal sealed class PoolEntry(string kind, bool accumulates, Func<OpEntry, CaseDescriptor, OpCase> create) : OpEntry
{
    public static PoolEntry MaxForward { get; } = new(
        MaxPoolForward<double>.Kind, accumulates: false, static (entry, d) => new MaxPoolForwardCase(entry, d));

    public static PoolEntry MaxBackward { get; } = new(
        MaxPoolBackward<double>.Kind, accumulates: true, static (entry, d) => new MaxPoolBackwardCase(entry, d));

    public static PoolEntry MeanForward { get; } = new(
        MeanPoolForward<double>.Kind, accumulates: false, static (entry, d) => new MeanPoolForwardCase(entry, d));

    public static PoolEntry MeanBackward { get; } = new(
        MeanPoolBackward<double>.Kind, accumulates: true, static (entry, d) => new MeanPoolBackwardCase(entry, d));

    public override string Kind => kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("batch", 1, "samples"),
        new("channels", 1, "channels"),
        .. Parameter.Pair("image", 1, "extent of the input"),
        .. Parameter.Pair("window", 1, "extent of a window"),
        .. Parameter.Pair("stride", 1, "stride", 1),
        .. Parameter.Pair("pad", 0, "padding on both sides", 0),
        Parameter.Flag("partial", "whether a last window that is partly inside counts"),
        Parameter.Flag("count-padding", "whether a mean counts padding"),
        .. accumulates ? [AccumulateParameter] : Array.Empty<Parameter>(),
    ];

    public override IReadOnlyList<Fault> Faults => PoolFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a window larger than the padded input", typeof(ArgumentOutOfRangeException), static () => _ = new PoolGeometry(2, 2, 1, (3, 3), (1, 1))),
        new("padding above half the window", typeof(ArgumentOutOfRangeException), static () => _ = new PoolGeometry(4, 4, 1, (2, 2), (1, 1), (2, 0))),
        new("an output of another shape", typeof(ShapeMismatchException), static () =>
        {
            PoolGeometry g = new(4, 4, 2, (2, 2), (2, 2));
            HostOperands<double> at = new();
            _ = new MeanPoolForward<double>(g, at.Real("x", g.Input(2)), at.Real("y", g.Output(1)));
        }),
    ];

    /// <summary>The geometry of a set of parameters.</summary>
    public static PoolGeometry Geometry(ParameterSet p) =>
        new(p["image.height"], p["image.width"], p["channels"], p.Pair("window"), p.Pair("stride"), p.Pair("pad"), p.Flag("partial"), p.Flag("count-padding"));

    /// <summary>A case of given parameters.</summary>
    public OpCase Case(params IReadOnlyList<(string, int)> given) => create(this, new CaseDescriptor(Kind, Set(given), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => create(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws)
    {
        (int r, int s) = (draws.Between(1, 4), draws.Between(1, 4));
        (int p, int q) = (draws.Between(0, r / 2), draws.Between(0, s / 2));
        int h = Math.Max(1, r - (2 * p)) + draws.Small(0, 12), w = Math.Max(1, s - (2 * q)) + draws.Small(0, 12);
        (string, int)[] given =
        [
            ("batch", draws.Between(1, 3)), ("channels", draws.Channels()), ("image.height", h), ("image.width", w), ("window.height", r), ("window.width", s),
            ("stride.height", draws.Between(1, 3)), ("stride.width", draws.Between(1, 3)), ("pad.height", p), ("pad.width", q), ("partial", draws.Between(0, 1)), ("count-padding", draws.Between(0, 1)),
        ];
        return Set([.. given, .. accumulates ? [(Accumulate, draws.OneOf(0, 0, 0, 1))] : Array.Empty<(string, int)>()]);
    }
}

/// <summary>A case of a pooling op.</summary>
internal abstract class PoolCase : OpCase
{
    private protected PoolCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        Geometry = PoolEntry.Geometry(descriptor.Parameters);
        N = descriptor.Parameters["batch"];
    }

    /// <summary>The geometry.</summary>
    public PoolGeometry Geometry { get; }

    /// <summary>Samples.</summary>
    public int N { get; }

    public sealed override (WindowAxis Rows, WindowAxis Columns)? Windows => (
        new WindowAxis(Geometry.H, Geometry.P, Geometry.StrideH, Geometry.PadH, Geometry.WindowH),
        new WindowAxis(Geometry.W, Geometry.Q, Geometry.StrideW, Geometry.PadW, Geometry.WindowW));

    public sealed override string? SampleParameter => "batch";

    public sealed override long Flops => (long)N * Geometry.P * Geometry.Q * Geometry.C * Window;

    /// <summary>Elements of a window.</summary>
    protected int Window => Geometry.WindowH * Geometry.WindowW;

    /// <summary>1 where the case accumulates.</summary>
    protected int Adds => Parameters.Has(AccumulateKey) ? Parameters[AccumulateKey] : 0;

    /// <summary>The largest number of windows that one element lies in.</summary>
    protected int Overlap => Divide(Geometry.WindowH, Geometry.StrideH) * Divide(Geometry.WindowW, Geometry.StrideW);

    /// <summary>A case of another pooling op on the same geometry and seed.</summary>
    protected OpCase As(PoolEntry other) => (OpCase)other.Create(new CaseDescriptor(
        other.Kind,
        ParameterSet.Of(other.Schema, [.. Entry.Schema.Where(static p => p.Key != AccumulateKey).Select(p => (p.Key, Parameters[p.Key]))]),
        ValueClass.Normal,
        Descriptor.Seed));

    /// <summary>Elements of the input that no window covers.</summary>
    protected long Uncovered()
    {
        PoolGeometry g = Geometry;
        bool[] rows = new bool[g.H], columns = new bool[g.W];
        for (int p = 0; p < g.P; p++)
        {
            rows.AsSpan(g.Rows(p).Begin, g.Rows(p).End - g.Rows(p).Begin).Fill(true);
        }

        for (int q = 0; q < g.Q; q++)
        {
            columns.AsSpan(g.Columns(q).Begin, g.Columns(q).End - g.Columns(q).Begin).Fill(true);
        }

        return (long)N * g.C * ((g.H * g.W) - (rows.Count(static row => row) * columns.Count(static column => column)));
    }

    private static int Divide(int window, int stride) => (window + stride - 1) / stride;
}

/// <summary>A case of <see cref="MaxPoolForward{T}"/>.</summary>
internal sealed class MaxPoolForwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    // The element (0, 0) of a plane is a legal winner, and on planes of one element the only one.
    public override long StructuralZeros => (long)N * Geometry.P * Geometry.Q * Geometry.C;

    /// <summary>Linear while the winners stay the same.</summary>
    public override IReadOnlyList<GradientPair> Gradients =>
        [new(this, As(PoolEntry.MaxBackward), "x", "y", "dy", "dx") { Step = 0.25, AwayFromKinks = WithoutTies }];

    public override Op<T> Build<T>(IOperands<T> at) => new MaxPoolForward<T>(
        Geometry, at.Real("x", Geometry.Input(N)), at.Real("y", Geometry.Output(N)), at.Integer("argmax", Geometry.Output(N)));

    public override int Roundings(string operand) => 0;

    /// <summary>Distinct integers, which no step below ½ re-orders.</summary>
    private CaseData WithoutTies(CaseData inputs)
    {
        double[] distinct = [.. Enumerable.Range(0, inputs.Reals["x"].Length).Select(static value => (double)value)];
        new RandomStream(Descriptor.Seed).Split("order").Shuffle<double>(distinct);
        return inputs.With("x", distinct);
    }
}

/// <summary>A case of <see cref="MaxPoolBackward{T}"/>.</summary>
internal sealed class MaxPoolBackwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    // An element that won no window has no gradient; at most every window has a winner of its own.
    public override long StructuralZeros => Adds == 1 ? 0 : Math.Max(0, ((long)N * Geometry.C * Geometry.H * Geometry.W) - 1);

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dy", "dx")];

    public override Op<T> Build<T>(IOperands<T> at) => new MaxPoolBackward<T>(
        Geometry, at.Real("dy", Geometry.Output(N)), at.Integer("argmax", Geometry.Output(N)), at.Real("dx", Geometry.Input(N)), Adds == 1);

    public override int Roundings(string operand) => Overlap + Adds;

    /// <summary>Any element of its window may have won.</summary>
    public override int Index(string operand, int index, Draws draws)
    {
        int place = index / Geometry.C % (Geometry.P * Geometry.Q);
        (int top, int bottom) = Geometry.Rows(place / Geometry.Q);
        (int left, int right) = Geometry.Columns(place % Geometry.Q);
        return (draws.Between(top, bottom - 1) * Geometry.W) + draws.Between(left, right - 1);
    }
}

/// <summary>A case of <see cref="MeanPoolForward{T}"/>.</summary>
internal sealed class MeanPoolForwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    public override bool IsExactOnIntegers => false;

    public override int AccumulationLength => Window;

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "y")];

    public override IReadOnlyList<GradientPair> Gradients => [new(this, As(PoolEntry.MeanBackward), "x", "y", "dy", "dx")];

    public override Op<T> Build<T>(IOperands<T> at) => new MeanPoolForward<T>(Geometry, at.Real("x", Geometry.Input(N)), at.Real("y", Geometry.Output(N)));

    public override int Roundings(string operand) => Window + 1;
}

/// <summary>A case of <see cref="MeanPoolBackward{T}"/>.</summary>
internal sealed class MeanPoolBackwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    public override bool IsExactOnIntegers => false;

    public override int AccumulationLength => Overlap;

    public override long StructuralZeros => Adds == 1 ? 0 : Uncovered();

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dy", "dx")];

    public override Op<T> Build<T>(IOperands<T> at) =>
        new MeanPoolBackward<T>(Geometry, at.Real("dy", Geometry.Output(N)), at.Real("dx", Geometry.Input(N)), Adds == 1);

    public override int Roundings(string operand) => Overlap + 1 + Adds;
}

/// <summary>Wrong maxima and wrong means.</summary>
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
}
