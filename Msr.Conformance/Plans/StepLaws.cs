using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Plans;

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

        PlanCase large = planCase.With("batches", 1).With("batch", planCase.BatchSize * planCase.Accumulate);
        using PlanRun whole = large.Open(Truth.DeciderOfSteps(subject)), at = large.Open(subject);
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
