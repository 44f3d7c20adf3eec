using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

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
        OpCase whole = opCase.With("l", 100);
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
            double allowed = room[slice] + (2 * Bounds.Rounding.OfTruth.Gamma(trial.Taps + 2) * size[slice]) + double.Epsilon;
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
