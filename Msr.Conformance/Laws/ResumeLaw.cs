using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>Stopping after some steps, writing all parameters and momentum into a new executable and going on ends at the same bits.</summary>
internal sealed class ResumeLaw : PlanLaw
{
    public override string Name => "resume";

    public override string Statement => "k steps, parameters and momentum read and written, and m steps end at the bits of k + m steps.";

    public override LawStrength Strength => LawStrength.Exact;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        if (planCase.Steps == 1 || !subject.Info.Bitwise.HasFlag(BitwiseGuarantees.Repeat))
        {
            return LawOutcome.Skipped(planCase.Steps == 1 ? "one step cannot be interrupted" : "the backend does not promise to repeat itself");
        }

        int stop = 1 + (int)(planCase.Descriptor.Seed % (ulong)(planCase.Steps - 1));
        using PlanRun unbroken = planCase.Open(subject), stopped = planCase.Open(subject), resumed = planCase.Open(subject);
        for (int step = 0; step < planCase.Steps; step++)
        {
            unbroken.Step(step);
            if (step == stop)
            {
                resumed.Restore(stopped.State());
            }

            (step < stop ? stopped : resumed).Step(step);
        }

        return LawOutcome.FailedIf(unbroken.State(gradients: true).DifferenceFrom(resumed.State(gradients: true), $"when resumed after {stop} steps"));
    }
}
