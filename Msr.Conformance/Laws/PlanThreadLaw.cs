using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>Training steps end at the same bits on any number of threads: gradients of batches are added in a fixed order.</summary>
internal sealed class PlanThreadLaw : PlanLaw
{
    private const int MostThreads = 5;

    public override string Name => "plan-any-thread-count";

    public override string Statement => "Parameters, momentum and gradients do not depend on the number of threads.";

    public override LawStrength Strength => LawStrength.Exact;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        int threads = 1 + (int)(planCase.Descriptor.Seed % MostThreads);
        if (!subject.Info.Bitwise.HasFlag(BitwiseGuarantees.ThreadCount) || subject.WithThreads(threads) is not { } other)
        {
            return LawOutcome.Skipped("the backend does not promise it, or has no threads to choose");
        }

        using PlanRun run = planCase.Open(subject), threaded = planCase.Open(other);
        for (int step = 0; step < planCase.Steps; step++)
        {
            run.Step(step);
            threaded.Step(step);
        }

        return LawOutcome.FailedIf(run.State(gradients: true).DifferenceFrom(threaded.State(gradients: true), $"on {threads} threads"));
    }
}
