using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>A sample has the same logits alone as in its batch, and with the method also in training, noise included.</summary>
internal sealed class PlanBatchLaw : PlanLaw
{
    public override string Name => "plan-batch-invariance";

    public override string Statement => "The logits of a sample do not depend on its batch, nor on its place there; its noise neither.";

    public override LawStrength Strength => LawStrength.Exact;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        if (!subject.Info.Bitwise.HasFlag(BitwiseGuarantees.Batch) || planCase.BatchSize == 1)
        {
            return LawOutcome.Skipped(planCase.BatchSize == 1 ? "there is one sample" : "the backend does not promise it");
        }

        using PlanRun run = planCase.Open(subject);
        return LawOutcome.FailedIf(Difference(planCase, run, run.Evaluate, "evaluated alone")
            ?? (run.TrainsTheTestGraph ? Difference(planCase, run, (step, part, samples) => run.Forward(step, part, noise: true, samples), "trained alone") : null));
    }

    private static string? Difference(PlanCase planCase, PlanRun run, Action<int, int, (int First, int Count)> forward, string what)
    {
        forward(0, 0, (0, planCase.BatchSize));
        double[] together = run.Logits(planCase.BatchSize);
        int classes = planCase.Network.Classes;
        for (int sample = 0; sample < planCase.BatchSize; sample++)
        {
            forward(0, 0, (sample, 1));
            double[] expected = together[(sample * classes)..((sample + 1) * classes)];
            if (PlanState.Difference($"logits of sample {sample}", expected, run.Logits(1), what) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }
}
