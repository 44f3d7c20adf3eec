using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>Every whole step is near its float64 replay from the same state: loss, gradients, momentum and parameters.</summary>
internal sealed class StepNearReferenceLaw : PlanLaw
{
    public override string Name => "step-near-reference";

    public override string Statement => "A whole step is as near its float64 replay as the float32 replay of the same step shows to be possible.";

    public override LawStrength Strength => LawStrength.Calibrated;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        using PlanRun run = planCase.Open(subject);
        using StepReplay replay = new(planCase, subject);
        double worst = 0;
        for (int step = 0; step < planCase.Steps; step++)
        {
            StepRule rule = replay.Rule(subject.Info.Accuracy, run.State(), step);
            run.Step(step);
            LawOutcome outcome = rule.Judge(run.State(gradients: true), run.Report.LossSum);
            if (outcome.Verdict == Verdict.Failed)
            {
                return LawOutcome.Failed($"step {step}: {outcome.Message}");
            }

            worst = Math.Max(worst, outcome.ErrorOverBound);
        }

        return LawOutcome.Holds(worst);
    }
}
