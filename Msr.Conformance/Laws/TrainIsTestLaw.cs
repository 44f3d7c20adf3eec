using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>The graph that trains is the graph that is tested: with noise off, the forward pass of a step is the evaluation, bit for bit.</summary>
internal sealed class TrainIsTestLaw : PlanLaw
{
    public override string Name => "train-is-test";

    public override string Statement => "With noise off, logits and losses of a training step are those of an evaluation, bit for bit.";

    public override LawStrength Strength => LawStrength.Exact;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        using PlanRun run = planCase.Open(subject);
        if (!run.TrainsTheTestGraph)
        {
            return LawOutcome.Skipped("the network has minibatch statistics");
        }

        for (int step = 0; step < planCase.Steps; step++)
        {
            for (int part = 0; part < planCase.Accumulate; part++)
            {
                run.Evaluate(step, part, (0, planCase.BatchSize));
                double[] tested = run.Logits(planCase.BatchSize);
                StepReport report = run.Report;
                run.Part(step, part, noise: false);
                if (PlanState.Difference($"logits of step {step}", run.Logits(planCase.BatchSize), tested, "in the evaluation") is { } difference)
                {
                    return LawOutcome.Failed(difference);
                }

                if (run.Report != report)
                {
                    return LawOutcome.Failed($"step {step} reports {run.Report}, the evaluation {report}");
                }
            }
        }

        return LawOutcome.Passed;
    }
}
