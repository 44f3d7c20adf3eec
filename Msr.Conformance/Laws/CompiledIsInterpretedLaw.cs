using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>
/// What a backend compiles means what the interpreter does on the same backend. Where it compiles to an interpreter, bit for bit. Elsewhere fusion
/// and order of sums are free: every step is replayed from the compiled run's own state, and the compiled and the interpreted step must each
/// be as near the float64 replay as <see cref="StepRule"/> allows, so within twice of that of each other.
/// </summary>
internal sealed class CompiledIsInterpretedLaw : PlanLaw
{
    public override string Name => "compiled-is-interpreted";

    public override string Statement => "A compiled plan does what the interpreter does on the same backend.";

    public override LawStrength Strength => LawStrength.Calibrated;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        using PlanRun compiled = planCase.Open(subject), interpreted = planCase.Open(subject, new PlanOptions(Interpreted: true));
        return compiled.IsInterpreted ? Exactly(planCase, compiled, interpreted) : Nearly(planCase, subject, compiled, interpreted);
    }

    private static LawOutcome Exactly(PlanCase planCase, PlanRun compiled, PlanRun interpreted)
    {
        for (int step = 0; step < planCase.Steps; step++)
        {
            compiled.Step(step);
            interpreted.Step(step);
            if (compiled.State(gradients: true).DifferenceFrom(interpreted.State(gradients: true), $"interpreted, after step {step}") is { } difference)
            {
                return LawOutcome.Failed(difference);
            }
        }

        return LawOutcome.Passed;
    }

    private static LawOutcome Nearly(PlanCase planCase, Subject subject, PlanRun compiled, PlanRun interpreted)
    {
        using StepReplay replay = new(planCase, subject);
        double worst = 0;
        for (int step = 0; step < planCase.Steps; step++)
        {
            PlanState before = compiled.State();
            interpreted.Restore(before);
            StepRule rule = replay.Rule(subject.Info.Accuracy, before, step);
            foreach (PlanRun run in new[] { compiled, interpreted })
            {
                run.Step(step);
                LawOutcome outcome = rule.Judge(run.State(gradients: true), run.Report.LossSum);
                if (outcome.Verdict == Verdict.Failed)
                {
                    return LawOutcome.Failed($"{(run == compiled ? "compiled" : "interpreted")}, step {step}: {outcome.Message}");
                }

                worst = Math.Max(worst, outcome.ErrorOverBound);
            }
        }

        return LawOutcome.Holds(worst);
    }
}
