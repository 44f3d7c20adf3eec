using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>Slice-mean subtraction.</summary>
internal sealed class IsoclineProjectEntry : OpEntry
{
    public static IsoclineProjectEntry Instance { get; } = new();

    public override string Kind => IsoclineProject<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("outer", 1, "outer extent"),
        new("taps", 1, "taps of a slice"),
        new("inner", 1, "inner extent"),
        new("lambda", 0, "weight of the mean, λ") { Default = 100, Denominator = 100 },
    ];

    public override IReadOnlyList<Law> OwnLaws => ProjectionLaw.All;

    public override IReadOnlyList<Fault> Faults => ProjectionFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a tensor of rank 2", typeof(ShapeMismatchException), static () => _ = new IsoclineProject<double>(new HostOperands<double>().Real("x", new Shape(2, 9)), 1)),
    ];

    /// <summary>A case of slices [outer, taps, inner]; the weight in hundredths.</summary>
    public OpCase Case(Shape slices, int lambda = 100) => new ProjectCase(
        this, new CaseDescriptor(Kind, Set(("outer", slices[0]), ("taps", slices[1]), ("inner", slices[2]), ("lambda", lambda)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new ProjectCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(
        ("outer", draws.Between(1, 9)), ("taps", draws.OneOf(1, 2, 3, 4, 9, 9, 9, 25, draws.Between(1, 49))), ("inner", draws.Channels()), ("lambda", draws.OneOf(100, 100, 100, 75, 50)));

    private sealed class ProjectCase(OpEntry entry, CaseDescriptor descriptor) : OpCase(entry, descriptor)
    {
        private Shape Slices => new(Parameters["outer"], Parameters["taps"], Parameters["inner"]);

        private double Lambda => Parameters.Fraction("lambda");

        // A mean of 2^k integers is a multiple of 2^-k, whether it is divided or multiplied by a reciprocal; so is a quarter of it.
        public override bool IsExactOnIntegers => Parameters["lambda"] % 25 == 0 && System.Numerics.BitOperations.IsPow2(Parameters["taps"]);

        /// <summary>The projection is its own adjoint.</summary>
        public override IReadOnlyList<GradientPair> Gradients => [new(this, this, "x", "x", "x", "x")];

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "x")];

        public override int AccumulationLength => Parameters["taps"];

        public override long Flops => 2 * Slices.Length;

        // The mean of one tap is the tap itself.
        public override long StructuralZeros => Parameters["taps"] == 1 ? Slices.Length : 0;

        public override Op<T> Build<T>(IOperands<T> at) => new IsoclineProject<T>(at.Real("x", Slices), Lambda);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[Slices.Length];
            double[] x = truth.Input("x"), result = truth.Output("x");
            (int taps, int inner) = (Slices[1], Slices[2]);
            for (int i = 0; i < bound.Length; i++)
            {
                int first = (i / (taps * inner) * taps * inner) + (i % inner);
                double sum = 0;
                for (int t = 0; t < taps; t++)
                {
                    sum += Math.Abs(x[first + (t * inner)]);
                }

                double shift = (Lambda * rounding.Gamma(taps + 2) * sum / taps) + (taps * rounding.Underflow);
                bound[i] = ((1 + rounding.U) * shift) + (rounding.U * Math.Abs(result[i]));
            }

            return bound;
        }
    }
}

/// <summary>
/// What makes the slice-mean subtraction with λ = 1 an orthogonal projection onto the isocline; that it is linear and its own adjoint are laws
/// of their own. On integers with 2^k taps everything is exact and so are these laws; elsewhere B(x), the bound of the op on x, allows
/// what docs/error-bounds.md derives under "Projection".
/// </summary>
/// <param name="name">The name of the law.</param>
/// <param name="statement">The statement.</param>
/// <param name="check">Compares with a judge.</param>
internal sealed class ProjectionLaw(string name, string statement, Action<ProjectionTrial, Judge> check) : OpLaw
{
    public static IReadOnlyList<Law> All { get; } =
    [
        new ProjectionLaw("projection-is-idempotent", "Projecting twice gives what projecting once gives.", Idempotent),
        new ProjectionLaw("projection-does-not-expand", "No slice grows in L2 norm.", NotExpansive),
        new ProjectionLaw("projection-annihilates-constants", "A slice of equal taps becomes 0.", AnnihilatesConstants),
        new ProjectionLaw("projection-commutes-with-channels", "Permuting outer or inner channels before or after projecting is the same.", CommutesWithChannels),
        new ProjectionLaw("projection-commutes-with-taps", "Flipping or rotating taps before or after projecting is the same.", CommutesWithTaps),
        new ProjectionLaw("projection-commutes-with-averaging", "Projecting the mean gradient of all workers is the mean of their projected gradients.", CommutesWithAveraging),
    ];

    public override string Name => name;

    public override string Statement => statement;

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        OpCase whole = opCase.With("lambda", 100);
        Judge judge = new(subject);
        if (whole.IsExactOnIntegers)
        {
            check(new ProjectionTrial(whole, subject, ValueClass.Integers), judge);
        }

        check(new ProjectionTrial(whole, subject, whole.Descriptor.Values), judge);
        return judge.Outcome;
    }

    /// <summary>P̂x has a slice mean of at most G, so the second pass moves an element by at most G and its own bound.</summary>
    private static void Idempotent(ProjectionTrial trial, Judge judge)
    {
        double[] once = trial.Project(trial.X);
        double[] bound = trial.Bound(once), offset = trial.OffIsocline(trial.X, once);
        judge.Compare("twice", trial.Project(once), once, trial.Exactly ? new double[once.Length] : [.. bound.Zip(offset, static (b, g) => b + g)]);
    }

    /// <summary>‖P̂x‖ ≤ ‖Px‖ + ‖B‖ ≤ ‖x‖ + ‖B‖, slice by slice.</summary>
    private static void NotExpansive(ProjectionTrial trial, Judge judge)
    {
        double[] projected = trial.Project(trial.X), bound = trial.Bound(trial.X);
        double[] got = trial.Norms(projected), size = trial.Norms(trial.X), room = trial.Norms(bound);
        for (int slice = 0; slice < got.Length; slice++)
        {
            // The three norms themselves are computed in float64.
            double allowed = room[slice] + (2 * Cases.Rounding.OfTruth.Gamma(trial.Taps + 2) * size[slice]) + double.Epsilon;
            judge.Compare($"norm of slice {slice}", [Math.Max(got[slice], size[slice])], [size[slice]], [allowed]);
        }
    }

    private static void AnnihilatesConstants(ProjectionTrial trial, Judge judge)
    {
        double[] constant = trial.Permute(trial.X, static (outer, _, inner) => (outer, 0, inner));
        double[] bound = trial.Bound(constant);
        judge.Compare("constants", trial.Project(constant), new double[constant.Length], trial.Exactly ? new double[constant.Length] : bound);
    }

    private static void CommutesWithChannels(ProjectionTrial trial, Judge judge) =>
        Commutes(trial, judge, (outer, tap, inner) => (trial.Outer - 1 - outer, tap, (inner + 1) % trial.Inner));

    private static void CommutesWithTaps(ProjectionTrial trial, Judge judge)
    {
        Commutes(trial, judge, (outer, tap, inner) => (outer, trial.Taps - 1 - tap, inner));
        Commutes(trial, judge, (outer, tap, inner) => (outer, (tap + 1) % trial.Taps, inner));
    }

    /// <summary>Both sides are within the same bound of the same truth.</summary>
    private static void Commutes(ProjectionTrial trial, Judge judge, Func<int, int, int, (int Outer, int Tap, int Inner)> permutation)
    {
        double[] before = trial.Project(trial.Permute(trial.X, permutation));
        double[] after = trial.Permute(trial.Project(trial.X), permutation), bound = trial.Permute(trial.Bound(trial.X), permutation);
        judge.Compare("permuted", before, after, Array.ConvertAll(bound, error => trial.Exactly ? 0 : 2 * error));
    }

    /// <summary>The mean of two workers is exact on halves of integers; else it is rounded once to the element type before it is projected.</summary>
    private static void CommutesWithAveraging(ProjectionTrial trial, Judge judge)
    {
        double[] mean = [.. trial.X.Zip(trial.Other, (a, b) => trial.Round((a + b) / 2))];
        double[] of = trial.Project(mean), one = trial.Project(trial.X), other = trial.Project(trial.Other);
        double[] all = trial.Bound(mean), first = trial.Bound(trial.X), second = trial.Bound(trial.Other), moved = trial.Rounding(mean);
        double[] allowed = [.. all.Select((b, i) => trial.Exactly ? 0 : b + ((first[i] + second[i]) / 2) + moved[i])];
        judge.Compare("mean of workers", of, [.. one.Zip(other, static (a, b) => (a + b) / 2)], allowed);
    }
}

/// <summary>Slices [outer, taps, inner] on which the laws of the projection are tried.</summary>
internal sealed class ProjectionTrial
{
    private readonly OpCase _project;
    private readonly Subject _subject;

    public ProjectionTrial(OpCase project, Subject subject, ValueClass values)
    {
        (_project, _subject) = (project, subject);
        (Outer, Taps, Inner) = (project.Parameters["outer"], project.Parameters["taps"], project.Parameters["inner"]);
        Exactly = values == ValueClass.Integers && project.IsExactOnIntegers;
        X = project.Draw(values).Reals["x"];
        OpCase another = (OpCase)project.Entry.Create(project.Descriptor with { Seed = project.Descriptor.Seed + 1 });
        Other = another.Draw(values).Reals["x"];
    }

    public int Outer { get; }

    public int Taps { get; }

    public int Inner { get; }

    /// <summary>Whether every result is exact.</summary>
    public bool Exactly { get; }

    public double[] X { get; }

    public double[] Other { get; }

    public double Round(double value) => _subject.Round(value);

    public double[] Project(double[] x) => _subject.Run(_project, new CaseData { Reals = { ["x"] = x } }).Outputs.Reals["x"];

    /// <summary>B(x): how far each element may be from the exact projection.</summary>
    public double[] Bound(double[] x) => new Judge(_subject).TotalBound(_project, "x", new Truth(_project, new CaseData { Reals = { ["x"] = x } }, _subject));

    /// <summary>G = γ_{n+2}·avg|x| + u·avg|P̂x| for every element's slice, and an underflow for every rounding.</summary>
    public double[] OffIsocline(double[] x, double[] projected)
    {
        Cases.Rounding rounding = new Judge(_subject).Rounding;
        double[] before = Averages(x), after = Averages(projected);
        return [.. x.Select((_, i) => 1.001 * ((rounding.Gamma(Taps + 2) * before[Slice(i)]) + (rounding.U * after[Slice(i)]) + (Taps * rounding.Underflow)))];
    }

    /// <summary>How far the projection moves when every element of x is rounded once: u·(|x| + avg|x|).</summary>
    public double[] Rounding(double[] x)
    {
        Cases.Rounding rounding = new Judge(_subject).Rounding;
        double[] averages = Averages(x);
        return [.. x.Select((value, i) => (rounding.U * (Math.Abs(value) + averages[Slice(i)])) + (2 * rounding.Underflow))];
    }

    /// <summary>The L2 norm of every slice.</summary>
    public double[] Norms(double[] x)
    {
        double[] squares = new double[Outer * Inner];
        for (int i = 0; i < x.Length; i++)
        {
            squares[Slice(i)] += x[i] * x[i];
        }

        return Array.ConvertAll(squares, Math.Sqrt);
    }

    /// <summary>The elements that stand at permuted places.</summary>
    public double[] Permute(double[] x, Func<int, int, int, (int Outer, int Tap, int Inner)> source) => [.. x.Select((_, i) =>
    {
        (int outer, int tap, int inner) = source(i / (Taps * Inner), i / Inner % Taps, i % Inner);
        return x[(((outer * Taps) + tap) * Inner) + inner];
    })];

    private int Slice(int i) => (i / (Taps * Inner) * Inner) + (i % Inner);

    private double[] Averages(double[] x)
    {
        double[] averages = new double[Outer * Inner];
        for (int i = 0; i < x.Length; i++)
        {
            averages[Slice(i)] += Math.Abs(x[i]) / Taps;
        }

        return averages;
    }
}

/// <summary>The rule of the method applied wrongly, or not at all.</summary>
internal static class ProjectionFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new OtherMean("projection-over-channels", "the mean is taken over the channels of a tap instead of over the taps of a slice", static (_, inner) => (1, inner)),
        new OtherMean("projection-over-filter", "the mean is taken over a whole filter instead of over each slice", static (taps, inner) => (taps, inner)),
        new OtherLambda("projection-lambda-0.99", "λ is 0.99 where it should be 1: the projection decays a mean instead of taking it away", static lambda => lambda * 0.99),
        new OtherLambda("projection-skipped", "the projection does nothing", static _ => 0),
        new ChangedOutput(
            "projection-misses-a-tap",
            "the last tap keeps the mean that is taken from the others",
            static (before, operand, values) => KeepLastTap(before(operand.Name), operand, values),
            IsoclineProject<double>.Kind),
    ];

    private static void KeepLastTap(double[] before, Operand operand, double[] values)
    {
        (int taps, int inner) = (operand.Shape[1], operand.Shape[2]);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i / inner % taps == taps - 1 ? before[i] : values[i];
        }
    }

    /// <summary>Takes off the mean of blocks of so many taps and channels.</summary>
    private sealed class OtherMean(string name, string defect, Func<int, int, (int Taps, int Inner)> block) : Fault(name, defect, IsoclineProject<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            IsoclineProject<T> op = (IsoclineProject<T>)run.Op;
            (int taps, int inner) = block(op.X.Shape[1], op.X.Shape[2]);

            // What is contiguous is a row: as [rows, length, 1] the sound kernel takes off the mean of each.
            TensorRef<T> rows = op.X.As(new(checked((int)(op.X.Length / (taps * inner))), taps * inner, 1));
            run.Run(new IsoclineProject<T>(rows, op.Lambda));
        }
    }

    private sealed class OtherLambda(string name, string defect, Func<double, double> lambda) : Fault(name, defect, IsoclineProject<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            IsoclineProject<T> op = (IsoclineProject<T>)run.Op;
            run.Run(new IsoclineProject<T>(op.X, lambda(op.Lambda)));
        }
    }
}
