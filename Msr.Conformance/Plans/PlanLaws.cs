using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>The laws of whole networks.</summary>
internal static class PlanLaws
{
    /// <summary>Laws that one step from a fresh start shows.</summary>
    public static IReadOnlyList<Law> OfSteps { get; } =
    [
        new InitializationLaw(),
        new TrainIsTestLaw(),
        new PlanBatchLaw(),
        new PlanThreadLaw(),
        new CompiledIsInterpretedLaw(),
        new StepNearReferenceLaw(),
        new AccumulatedGradientsLaw(),
    ];

    /// <summary>Laws that take several steps.</summary>
    public static IReadOnlyList<Law> OfTrajectories { get; } =
    [
        new TrainIsTestLaw(),
        new ResumeLaw(),
        new PlanThreadLaw(),
        new CompiledIsInterpretedLaw(),
        new StepNearReferenceLaw(),
        new PlanIsoclineLaw(),
    ];
}

/// <summary>A law of whole networks.</summary>
internal abstract class PlanLaw : Law
{
    public sealed override LawOutcome Check(TestCase testCase, Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        try
        {
            return Check((PlanCase)testCase, subject);
        }
        catch (NotSupportedException error)
        {
            return LawOutcome.Skipped(error.Message);
        }
    }

    /// <summary>Checks one case on one backend.</summary>
    protected abstract LawOutcome Check(PlanCase planCase, Subject subject);
}

/// <summary>
/// Where the method starts. A kernel is drawn, centred and scaled in float64 and rounded last, so |slice mean| ≤ u·avg|w| and | ‖filter‖ − magnitude | ≤
/// u·magnitude; what float64 itself errs by is added: docs/error-bounds.md, "Initialisation".
/// </summary>
internal sealed class InitializationLaw : PlanLaw
{
    public override string Name => "initialisation";

    public override string Statement => "Kernels start with slices of zero mean and filters of the declared norm, to within one rounding.";

    public override LawStrength Strength => LawStrength.Theorem;

    protected override LawOutcome Check(PlanCase planCase, Subject subject)
    {
        using PlanRun run = planCase.Open(subject);
        RandomStream stream = new RandomStream(planCase.Seed).Split("initialize");
        Judge judge = new(subject);
        foreach (PlanParameter<double> parameter in planCase.BuildPlan<double>().Parameters)
        {
            if (parameter.Initializer is KernelInitializer initializer)
            {
                Check(parameter, initializer, run.Read(parameter.Name, ParameterPart.Value), stream.Split(parameter.Name), judge);
            }
        }

        return judge.Compared == 0 ? LawOutcome.Skipped("no kernel starts by the method's rule") : judge.Outcome;
    }

    private static void Check(PlanParameter<double> parameter, KernelInitializer initializer, double[] kernel, RandomStream stream, Judge judge)
    {
        int length = kernel.Length / parameter.Layout.Exchange[0], taps = parameter.Layout.Exchange[2] * parameter.Layout.Exchange[3];
        int run = initializer.Centring switch { Centring.Slice => taps, Centring.AcrossInputs => length, _ => 1 };
        for (int first = 0; first < kernel.Length; first += length)
        {
            double[] filter = kernel[first..(first + length)];
            double[] drawn = [.. Enumerable.Range(first, length).Select(i => (2 * stream.Uniform((ulong)i)) - 1)];
            double[] centred = [.. drawn.Chunk(run).SelectMany(slice => run > 1 ? slice.Select(x => x - slice.Average()) : slice)];
            double factor = initializer.Magnitude / Math.Sqrt(centred.Sum(static x => x * x));
            double norm = Math.Sqrt(filter.Sum(static w => w * w)), u = judge.Rounding.U;
            double allowed = initializer.Magnitude * ((1.001 * u) + (2 * Rounding.OfTruth.Gamma(length + 5)));
            judge.Compare($"norm of a filter of '{parameter.Name}'", [norm], [initializer.Magnitude], [allowed]);
            for (int start = 0; start < length && run > 1; start += run)
            {
                double size = filter.AsSpan(start, run).ToArray().Average(Math.Abs), before = drawn.AsSpan(start, run).ToArray().Average(Math.Abs);
                double inDouble = Rounding.OfTruth.Gamma(run + 3) * ((2 * factor * before) + size);
                judge.Compare($"mean of a slice of '{parameter.Name}'", [filter.AsSpan(start, run).ToArray().Average()], [0], [(1.001 * u * size) + inDouble]);
            }
        }
    }
}

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
