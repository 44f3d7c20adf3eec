using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The pull of filter norms towards 1.</summary>
internal sealed class NormAnchorEntry : OpEntry
{
    public static NormAnchorEntry Instance { get; } = new();

    public override string Kind => NormAnchor<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } =
        [new("rows", 1, "rows"), new("length", 1, "length"), new("strength", 0, "strength") { Default = 100, Denominator = 100 }];

    /// <summary>Squares of denormal weights underflow to a norm of 0, which the op leaves alone: no bound covers that.</summary>
    public override ImmutableArray<ValueClass> ValueClasses { get; } =
        [ValueClass.Normal, ValueClass.Normal, ValueClass.Common, ValueClass.Wide, ValueClass.Zeros, ValueClass.Ties];

    public override IReadOnlyList<Law> OwnLaws { get; } = [new AnchorGradientLaw()];

    public override IReadOnlyList<Fault> Faults => AnchorFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a gradient of another shape", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), new Shape(3, 2), 1)),
        new("a negative strength", typeof(ArgumentOutOfRangeException), static () => Build(new Shape(2, 3), new Shape(2, 3), -1)),
        new("a strength that is no number", typeof(ArgumentOutOfRangeException), static () => Build(new Shape(2, 3), new Shape(2, 3), double.NaN)),
    ];

    /// <summary>A case of given extents; the strength in hundredths.</summary>
    public OpCase Case(int rows, int length, int strength = 100) =>
        new AnchorCase(this, new CaseDescriptor(Kind, Set(("rows", rows), ("length", length), ("strength", strength)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new AnchorCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) =>
        Set(("rows", draws.Between(1, 9)), ("length", draws.Small(1, 300)), ("strength", draws.OneOf(10, 100, 300)));

    private static void Build(Shape w, Shape g, double strength)
    {
        HostOperands<double> at = new();
        _ = new NormAnchor<double>(at.Real("w", w), at.Real("g", g), strength);
    }

    /// <summary>The strength of a set of parameters.</summary>
    public static double StrengthOf(ParameterSet p) => p.Fraction("strength");

    private sealed class AnchorCase(OpEntry entry, CaseDescriptor descriptor) : OpCase(entry, descriptor)
    {
        private int R => Parameters["rows"];

        private int L => Parameters["length"];

        private double Strength => StrengthOf(Parameters);

        public override bool IsExactOnIntegers => false;

        public override int AccumulationLength => L;

        public override long Flops => 4L * R * L;

        public override Op<T> Build<T>(IOperands<T> at) => new NormAnchor<T>(at.Real("w", new Shape(R, L)), at.Real("g", new Shape(R, L)), Strength);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[R * L];
            double[] w = truth.Input("w"), g = truth.Input("g");
            for (int row = 0; row < R; row++)
            {
                double norm = Math.Sqrt(w.AsSpan(row * L, L).ToArray().Sum(static value => value * value));
                double factor = norm == 0 ? 0 : 2 * Strength * (1 + (1 / norm));
                for (int i = row * L; i < (row + 1) * L; i++)
                {
                    bound[i] = (rounding.Gamma(L + 7) * (Math.Abs(g[i]) + (factor * Math.Abs(w[i])))) + rounding.Underflow;
                }
            }

            return bound;
        }
    }
}

/// <summary>
/// What the norm anchor adds is the slope of strength·(‖w‖ − 1)² per row. Truncation: (r − 1)² = r² − 2r + 1 and |r‴| ≤ 1.155/r², r moving by h at
/// most. Rounding of the two penalties: (γ_{L+12}·(‖w‖ + 2)²)·strength/h.
/// </summary>
internal sealed class AnchorGradientLaw : OpLaw
{
    private const double Width = 1.0 / 8192;
    private const int Elements = 6;
    private const double LeastNorm = 0.01;

    public override string Name => "anchor-is-a-gradient";

    public override string Statement => "The norm anchor adds the gradient of strength·Σ(‖row‖ − 1)².";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (subject.Info.Accuracy != Accuracy.Double)
        {
            return LawOutcome.Skipped("differences need float64");
        }

        CaseData data = opCase.Draw(ValueClass.Normal);
        double[] w = data.Reals["w"], g = data.Reals["g"], got = subject.Run(opCase, data).Outputs.Reals["g"];
        double[] own = new Judge(subject).TotalBound(opCase, "g", new Truth(opCase, data, subject));
        double strength = NormAnchorEntry.StrengthOf(opCase.Parameters);
        Judge judge = new(subject);
        Draws draws = new(new RandomStream(opCase.Descriptor.Seed).Split("elements"));
        int length = opCase.Parameters["length"];
        foreach (int element in Enumerable.Range(0, Elements).Select(_ => draws.Between(0, w.Length - 1)).Distinct())
        {
            double[] row = w[(element / length * length)..((element / length * length) + length)];
            double norm = Norm(row, 0, 0);
            if (norm < LeastNorm)
            {
                continue;
            }

            double Penalty(double t) => strength * Math.Pow(Norm(row, element % length, t) - 1, 2);
            double difference = (Penalty(Width) - Penalty(-Width)) / (2 * Width);
            double truncation = Width * Width / 6 * strength * 2 * 1.155 / Math.Pow(norm - Width, 2);
            double rounding = Rounding.OfTruth.Gamma(length + 12) * strength * (norm + 2) * (norm + 2) / Width;
            judge.Compare($"g[{element}]", [got[element]], [g[element] + difference], [truncation + rounding + own[element]]);
        }

        return judge.Outcome;
    }

    private static double Norm(double[] row, int element, double t) =>
        Math.Sqrt(row.Select((value, i) => i == element ? value + t : value).Sum(static value => value * value));
}

/// <summary>Wrong anchors.</summary>
internal static class AnchorFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedOutput(
            "anchor-wrong-sign",
            "norms are driven away from 1",
            static (before, operand, g) => Mirror(before(operand.Name), g),
            NormAnchor<double>.Kind),
        new AnchorHalved(),
    ];

    /// <summary>g − d for g + d.</summary>
    private static void Mirror(double[] before, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = before[i] - (values[i] - before[i]);
        }
    }

    private sealed class AnchorHalved() : Fault("anchor-halved", "the factor 2 of the derivative is left out", NormAnchor<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            NormAnchor<T> op = (NormAnchor<T>)run.Op;
            run.Run(new NormAnchor<T>(op.W, op.G, op.Strength / 2));
        }
    }
}
