using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The parameter-free shortcut and its gradient.</summary>
internal sealed class ShortcutEntry : OpEntry
{
    private readonly bool _backward;

    private ShortcutEntry(bool backward)
    {
        _backward = backward;
        Schema =
        [
            new("batch", 1, "samples"),
            new("in", 1, "input channels"),
            .. Parameter.Pair("image", 1, "extent of the input"),
            new("out", 1, "output channels"),
            new("stride", 1, "stride"),
            Parameter.Flag("average", "whether windows are averaged"),
            .. backward ? [AccumulateParameter] : Array.Empty<Parameter>(),
        ];
    }

    public static ShortcutEntry Forward { get; } = new(backward: false);

    public static ShortcutEntry Backward { get; } = new(backward: true);

    public override string Kind => _backward ? ShortcutBackward<double>.Kind : ShortcutForward<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; }

    public override IReadOnlyList<Fault> Faults => ShortcutFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs =>
    [
        new("fewer output than input channels", typeof(ArgumentOutOfRangeException), static () => _ = new ShortcutGeometry(2, 2, 3, 2, 2, average: true)),
        new("an output of another shape", typeof(ShapeMismatchException), () =>
        {
            ShortcutGeometry g = new(3, 3, 1, 2, 2, average: true);
            HostOperands<double> at = new();
            _ = _backward
                ? (object)new ShortcutBackward<double>(g, at.Real("dy", g.Input(1)), at.Real("dx", g.Input(1)))
                : new ShortcutForward<double>(g, at.Real("x", g.Input(1)), at.Real("y", g.Input(1)));
        }),
    ];

    /// <summary>A case of a geometry.</summary>
    public OpCase Case(ShortcutGeometry g, int n, bool accumulate = false) => (OpCase)Create(new CaseDescriptor(
        Kind,
        Set([
            ("batch", n), ("in", g.C), ("image.height", g.H), ("image.width", g.W), ("out", g.K), ("stride", g.Stride), ("average", g.Average ? 1 : 0),
            .. accumulate ? [(Accumulate, 1)] : Array.Empty<(string, int)>()]),
        ValueClass.Normal,
        0));

    public override TestCase Create(CaseDescriptor descriptor) => _backward ? new BackwardCase(this, descriptor) : new ForwardCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws)
    {
        int c = draws.Channels();
        return Set([
            ("batch", draws.Between(1, 3)), ("in", c), ("image.height", draws.Small(1, 14)), ("image.width", draws.Small(1, 14)), ("out", c + draws.OneOf(0, 1, 2, 3, c)),
            ("stride", draws.Between(1, 3)), ("average", draws.Between(0, 1)),
            .. _backward ? [(Accumulate, draws.OneOf(0, 0, 0, 1))] : Array.Empty<(string, int)>()]);
    }

    private abstract class ShortcutCase : OpCase
    {
        private protected ShortcutCase(OpEntry entry, CaseDescriptor descriptor)
            : base(entry, descriptor)
        {
            ParameterSet p = descriptor.Parameters;
            G = new ShortcutGeometry(p["image.height"], p["image.width"], p["in"], p["out"], p["stride"], p.Flag("average"));
        }

        public sealed override bool IsExactOnIntegers => !Divides;

        public sealed override long Flops => (long)N * G.P * G.Q * G.C * G.Window * G.Window;

        public sealed override string? SampleParameter => "batch";

        protected ShortcutGeometry G { get; }

        protected int N => Parameters["batch"];

        protected bool Divides => G.Average && G.Stride > 1;
    }

    private sealed class ForwardCase(OpEntry entry, CaseDescriptor descriptor) : ShortcutCase(entry, descriptor)
    {
        public override IReadOnlyList<GradientPair> Gradients => [new(this, ShortcutEntry.Backward.Case(G, N), "x", "y", "dy", "dx")];

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "y")];

        public override int AccumulationLength => G.Window * G.Window;

        public override long StructuralZeros => (long)N * G.P * G.Q * (G.K - G.C);

        public override Op<T> Build<T>(IOperands<T> at) => new ShortcutForward<T>(G, at.Real("x", G.Input(N)), at.Real("y", G.Output(N)));

        public override int Roundings(string operand) => Divides ? (G.Stride * G.Stride) + 1 : 0;
    }

    private sealed class BackwardCase(OpEntry entry, CaseDescriptor descriptor) : ShortcutCase(entry, descriptor)
    {
        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dy", "dx")];

        public override long StructuralZeros =>
            G.Average || Parameters.Flag(Accumulate) ? 0 : (long)N * G.C * ((G.H * G.W) - (G.P * G.Q));

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ShortcutBackward<T>(G, at.Real("dy", G.Output(N)), at.Real("dx", G.Input(N)), Parameters.Flag(Accumulate));

        public override int Roundings(string operand) => !Divides ? 0 : 1 + Parameters[Accumulate];
    }
}

/// <summary>Shortcuts in the wrong channels, and wrong means.</summary>
internal static class ShortcutFaults
{
    public static IReadOnlyList<Fault> All { get; } = [new ShortcutBefore(), new ShortcutDivisor()];

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
