using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The direction of Adam.</summary>
internal sealed class AdamDirectionEntry : OpEntry
{
    public static AdamDirectionEntry Instance { get; } = new();

    public override string Kind => AdamDirection<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("length", 1, "parameters"),
        new("beta1", 0, "β1") { Default = 90, Denominator = 100 },
        new("beta2", 0, "β2") { Default = 999, Denominator = 1000 },
        new("epsilon", 0, "ε") { Default = 8, IsPowerOfTen = true },
    ];

    public override IReadOnlyList<Fault> Faults => AdamFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a first moment of another length", typeof(ShapeMismatchException), static () => Build(new Lengths(M: 3), new AdamSettings())),
        new("a second moment of another length", typeof(ShapeMismatchException), static () => Build(new Lengths(V: 5), new AdamSettings())),
        new("a direction of another length", typeof(ShapeMismatchException), static () => Build(new Lengths(D: 1), new AdamSettings())),
        new("one correction", typeof(ShapeMismatchException), static () => Build(new Lengths(Correction: 1), new AdamSettings())),
        new("β1 = 1", typeof(ArgumentOutOfRangeException), static () => Build(new Lengths(), new AdamSettings(Beta1: 1))),
        new("a negative β2", typeof(ArgumentOutOfRangeException), static () => Build(new Lengths(), new AdamSettings(Beta2: -0.1))),
        new("β2 that is no number", typeof(ArgumentOutOfRangeException), static () => Build(new Lengths(), new AdamSettings(Beta2: double.NaN))),
        new("ε = 0", typeof(ArgumentOutOfRangeException), static () => Build(new Lengths(), new AdamSettings(Epsilon: 0))),
        new("an infinite ε", typeof(ArgumentOutOfRangeException), static () => Build(new Lengths(), new AdamSettings(Epsilon: double.PositiveInfinity))),
    ];

    /// <summary>A case of settings that are not of the grid of texts.</summary>
    public OpCase Case(int length, AdamSettings settings) =>
        new DirectionCase(this, new CaseDescriptor(Kind, Set(("length", length)), ValueClass.Normal, 0), settings);

    public override TestCase Create(CaseDescriptor descriptor)
    {
        ParameterSet p = descriptor.Parameters;
        return p["beta1"] < 100 && p["beta2"] < 1000
            ? new DirectionCase(this, descriptor, new AdamSettings(p.Fraction("beta1"), p.Fraction("beta2"), Math.Pow(10, -p["epsilon"])))
            : throw new ArgumentException($"β1 and β2 are below 1; got {p.Fraction("beta1")} and {p.Fraction("beta2")}.");
    }

    protected override ParameterSet DrawParameters(Draws draws) =>
        Set(("length", draws.Small(1, 400)), ("beta1", draws.OneOf(0, 50, 90)), ("beta2", draws.OneOf(0, 900, 999, 999)), ("epsilon", draws.OneOf(8, 8, 3, 0)));

    private static void Build(Lengths lengths, AdamSettings settings)
    {
        HostOperands<double> at = new();
        _ = new AdamDirection<double>(
            at.Real("g", new Shape(4)), at.Real("m", new Shape(lengths.M)), at.Real("v", new Shape(lengths.V)),
            at.Real("correction", new Shape(lengths.Correction)), at.Real("d", new Shape(lengths.D)), settings);
    }

    /// <summary>Lengths of operands beside a gradient of 4.</summary>
    private sealed record Lengths(int M = 4, int V = 4, int Correction = 2, int D = 4);

    private sealed class DirectionCase(OpEntry entry, CaseDescriptor descriptor, AdamSettings settings) : OpCase(entry, descriptor)
    {
        private Shape Length => new(Parameters["length"]);

        public override bool IsExactOnIntegers => false;

        public override long Flops => 12 * Length.Length;

        public override Op<T> Build<T>(IOperands<T> at) => new AdamDirection<T>(
            at.Real("g", Length), at.Real("m", Length), at.Real("v", Length), at.Real("correction", new Shape(2)), at.Real("d", Length), settings);

        /// <summary>A second moment is a mean of squares; corrections go from 1/(1 − 0.999) down to 1.</summary>
        public override double Element(string operand, Draws draws, ValueClass values) => operand switch
        {
            "correction" => draws.OneOf(1, 1.25, 10, 1000),
            "v" => Math.Abs(base.Element(operand, draws, values)),
            _ => base.Element(operand, draws, values),
        };

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] g = truth.Input("g"), m = truth.Input("m"), v = truth.Input("v"), correction = truth.Input("correction");
            double[] bound = new double[g.Length];
            for (int i = 0; i < bound.Length; i++)
            {
                AdamBounds element = new(g[i], m[i], v[i], (correction[0], correction[1]), settings, rounding);
                bound[i] = operand switch
                {
                    "m" => element.First,
                    "v" => element.Second,
                    _ => element.Direction,
                };
            }

            return bound;
        }
    }
}

/// <summary>How far one element of Adam's direction and its moments may be from exact; docs/error-bounds.md, "Adam's direction", derives it.</summary>
internal readonly struct AdamBounds
{
    /// <summary>The bounds of an element.</summary>
    /// <param name="g">The gradient.</param>
    /// <param name="m">The first moment before the step.</param>
    /// <param name="v">The second moment before the step.</param>
    /// <param name="correction">Both corrections.</param>
    /// <param name="settings">The constants.</param>
    /// <param name="rounding">The rounding.</param>
    public AdamBounds(double g, double m, double v, (double First, double Second) correction, AdamSettings settings, Rounding rounding)
    {
        (double u, double eta) = (rounding.U, rounding.Underflow);
        double terms = (settings.Beta1 * Math.Abs(m)) + ((1 - settings.Beta1) * Math.Abs(g));
        double first = (settings.Beta1 * m) + ((1 - settings.Beta1) * g), second = (settings.Beta2 * v) + ((1 - settings.Beta2) * g * g);
        First = (rounding.Gamma(3) * terms) + (3 * eta);
        Second = (rounding.Gamma(4) * second) + (4 * eta);

        double square = second * correction.Second, root = Math.Sqrt(square);
        double squareError = (rounding.Gamma(5) * square) + (5 * (1 + correction.Second) * eta);
        double rootError = square > squareError ? squareError / (root + Math.Sqrt(square - squareError)) : Math.Sqrt(squareError);
        double divisor = root + settings.Epsilon;
        double divisorError = ((1 + u) * (((1 + u) * rootError) + (u * root) + (u * settings.Epsilon))) + (u * divisor);
        double numeratorError = (rounding.Gamma(4) * Math.Abs(correction.First) * terms) + (4 * (1 + Math.Abs(correction.First)) * eta);
        double direction = Math.Abs(first * correction.First) / divisor;
        double carried = (numeratorError + (direction * divisorError)) / (divisor - divisorError);
        Direction = divisor > divisorError
            ? ((1 + rounding.Gamma(2)) * carried) + (rounding.Gamma(2) * direction) + eta
            : double.PositiveInfinity;
    }

    /// <summary>The bound on the first moment.</summary>
    public double First { get; }

    /// <summary>The bound on the second moment.</summary>
    public double Second { get; }

    /// <summary>The bound on the direction.</summary>
    public double Direction { get; }
}

/// <summary>Wrong directions of Adam.</summary>
internal static class AdamFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedInput(
            "adam-correction-forgotten",
            "moments are not made up for having begun at 0",
            static operand => operand.Name == "correction",
            static (correction, _) => correction.AsSpan().Fill(1),
            AdamDirection<double>.Kind),
        new ChangedInput(
            "adam-corrections-exchanged",
            "each moment is corrected by what belongs to the other",
            static operand => operand.Name == "correction",
            static (correction, _) => correction.AsSpan().Reverse(),
            AdamDirection<double>.Kind),
        new OtherSettings("adam-betas-exchanged", "each moment keeps what the other should", static s => s with { Beta1 = s.Beta2, Beta2 = s.Beta1 }),
        new OtherSettings("adam-float32-complement", "1 − β2 is taken of a β2 rounded to float32", static s => s with { Beta2 = (float)s.Beta2 }),
        new Formula(
            "adam-epsilon-in-the-root",
            "ε is added to the mean square, not to its root",
            static (m, v, c, s) => m * c[0] / Math.Sqrt((v * c[1]) + s.Epsilon)),
        new Formula("adam-epsilon-forgotten", "the root mean square alone divides", static (m, v, c, _) => m * c[0] / Math.Sqrt(v * c[1])),
        new Formula("adam-root-forgotten", "the mean square divides, not its root", static (m, v, c, s) => m * c[0] / ((v * c[1]) + s.Epsilon)),
        new Formula(
            "adam-correction-outside-the-root",
            "the root mean square is corrected as the mean square should be",
            static (m, v, c, s) => m * c[0] / ((Math.Sqrt(v) * c[1]) + s.Epsilon)),
        new Unsquared(),
        new Stale(),
        new NotStored("adam-first-moment-not-stored", "first", "m"),
        new NotStored("adam-second-moment-not-stored", "second", "v"),
    ];

    private static double[] Directions(double[] m, double[] v, double[] correction, AdamSettings settings) =>
        [.. m.Zip(v, (first, second) => first * correction[0] / (Math.Sqrt(second * correction[1]) + settings.Epsilon))];

    private sealed class OtherSettings(string name, string defect, Func<AdamSettings, AdamSettings> change) : Fault(name, defect, AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            AdamDirection<T> op = (AdamDirection<T>)run.Op;
            run.Run(new AdamDirection<T>(op.G, op.M, op.V, op.Correction, op.D, change(op.Settings)));
        }
    }

    /// <summary>Right moments, and another formula for the direction: of m, v, the corrections and the settings.</summary>
    private sealed class Formula(string name, string defect, Func<double, double, double[], AdamSettings, double> direction)
        : Fault(name, defect, AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            double[] m = run.Read("m"), v = run.Read("v"), correction = run.Read("correction");
            run.Write("d", [.. m.Zip(v, (first, second) => direction(first, second, correction, ((AdamDirection<T>)run.Op).Settings))]);
        }
    }

    private sealed class Unsquared() : Fault("adam-second-moment-unsquared", "the second moment takes the absolute gradient for its square", AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            AdamSettings settings = ((AdamDirection<T>)run.Op).Settings;
            double[] g = run.Read("g"), before = run.Read("v"), correction = run.Read("correction");
            run.Pass();
            double[] m = run.Read("m"), v = [.. before.Zip(g, (old, x) => (settings.Beta2 * old) + ((1 - settings.Beta2) * Math.Abs(x)))];
            run.Write("v", v);
            run.Write("d", Directions(m, v, correction, settings));
        }
    }

    private sealed class Stale() : Fault("adam-direction-of-the-last-step", "the direction is taken of the moments before they are updated", AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            AdamSettings settings = ((AdamDirection<T>)run.Op).Settings;
            double[] m = run.Read("m"), v = run.Read("v"), correction = run.Read("correction");
            run.Pass();
            run.Write("d", Directions(m, v, correction, settings));
        }
    }

    private sealed class NotStored(string name, string ordinal, string moment) : Fault(
        name, $"the new {ordinal} moment makes the direction, but is not written back", AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double[] before = run.Read(moment);
            run.Pass();
            run.Write(moment, before);
        }
    }
}
