using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>
/// A step whose gradients are added up over several batches is the step of one large batch: both are judged against the float64 replay of the
/// large batch. Networks with minibatch statistics are not of that kind. That the sum does not depend on threads is <see cref="PlanThreadLaw"/>.
/// </summary>
internal sealed class AccumulatedGradientsLaw : PlanLaw
{
    public override string Name => "accumulated-gradients";

    public override string Statement => "Gradients added up over several batches are those of one large batch.";

    public override LawStrength Strength => LawStrength.Calibrated;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        if (planCase.Accumulate == 1)
        {
            return LawOutcome.Skipped("a step is one batch");
        }

        using PlanRun run = planCase.Open(subject);
        if (!run.TrainsTheTestGraph)
        {
            return LawOutcome.Skipped("the network has minibatch statistics");
        }

        PlanCase large = planCase.With("a", 1).With("n", planCase.BatchSize * planCase.Accumulate);
        using PlanRun whole = large.Open(Truth.Reference), at = large.Open(subject);
        using StepReplay replay = new(planCase, subject);
        PlanState start = run.State();
        whole.Restore(start);
        foreach (PlanRun each in new[] { whole, run, at })
        {
            each.Step(0);
        }

        StepRule rule = replay.Rule(subject.Info.Accuracy, start, 0, (whole.State(gradients: true), whole.Report.LossSum));
        LawOutcome parts = rule.Judge(run.State(gradients: true), run.Report.LossSum), one = rule.Judge(at.State(gradients: true), at.Report.LossSum);
        return parts.Verdict == Verdict.Failed ? parts
            : one.Verdict == Verdict.Failed ? LawOutcome.Failed($"as one batch: {one.Message}")
            : LawOutcome.Holds(Math.Max(parts.ErrorOverBound, one.ErrorOverBound));
    }
}
