using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Wrong steps, wrong clipping, wrong anchors.</summary>
internal static class OptimizerFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new OtherSettings("decay-forgotten", "weight decay is left out", static settings => settings with { WeightDecay = 0 }),
        new OtherSettings("nesterov-ignored", "the step is the plain momentum", static settings => settings with { Nesterov = false }),
        new OtherSettings("momentum-ignored", "every step begins anew", static settings => settings with { Momentum = 0 }),
        new OtherSettings("rate-multiplier-ignored", "all parameters learn at the same rate", static settings => settings with { RateMultiplier = 1 }),
        new ChangedInput(
            "gain-ignored",
            "the momentum takes the whole gradient whatever the dampening",
            static operand => operand.Name == "gain",
            static (gain, _) => gain[0] = 1,
            SgdStep<double>.Kind),
        new DecoupledDecay(),
        new MomentumNotStored(),
        new ChangedOutput(
            "clip-hides-nan",
            "a norm that is NaN gives a factor of 1",
            static (_, _, factor) => factor[0] = double.IsNaN(factor[0]) ? 1 : factor[0],
            ClipFactor<double>.Kind),
        new ClipAlways(),
        new ChangedOutput(
            "clip-by-squared-norm",
            "the limit is divided by the squared norm",
            static (before, _, factor) => factor[0] = factor[0] < 1 ? factor[0] / Math.Sqrt(before("squaredNorm")[0]) : factor[0],
            ClipFactor<double>.Kind),
        new ChangedInput(
            "clip-not-applied",
            "scaling by a factor leaves everything as it is",
            static operand => operand.Name == "factor",
            static (factor, _) => factor[0] = 1,
            Scale<double>.Kind),
        new ChangedOutput(
            "anchor-wrong-sign",
            "norms are driven away from 1",
            static (before, operand, g) => Mirror(before(operand.Name), g),
            NormAnchor<double>.Kind),
        new AnchorHalved(),
    ];

    /// <summary>g − d for g + d.</summary>
    private static void Mirror(double[] before, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = before[i] - (values[i] - before[i]);
        }
    }

    private sealed class OtherSettings(string name, string defect, Func<SgdSettings, SgdSettings> change) : Fault(name, defect, SgdStep<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            SgdStep<T> op = (SgdStep<T>)run.Op;
            run.Run(new SgdStep<T>(op.W, op.G, op.V, op.Rate, op.Gain, change(op.Settings)));
        }
    }

    private sealed class DecoupledDecay() : Fault("decoupled-decay", "weight decay bypasses the momentum", SgdStep<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            SgdStep<T> op = (SgdStep<T>)run.Op;
            double[] before = run.Read("w");
            run.Run(new SgdStep<T>(op.W, op.G, op.V, op.Rate, op.Gain, op.Settings with { WeightDecay = 0 }));
            double[] w = run.Read("w");
            double decay = run.Read("rate")[0] * op.Settings.RateMultiplier * op.Settings.WeightDecay;
            run.Write("w", [.. w.Select((value, i) => value - (decay * before[i]))]);
        }
    }

    private sealed class MomentumNotStored() : Fault("momentum-not-stored", "the new momentum moves the weights, but is not written back", SgdStep<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double[] before = run.Read("v");
            run.Pass();
            run.Write("v", before);
        }
    }

    private sealed class ClipAlways() : Fault("clip-always", "norms below the limit are scaled up to it", ClipFactor<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double norm = Math.Sqrt(run.Read("squaredNorm")[0]);
            run.Write("factor", [norm == 0 ? 1 : ((ClipFactor<T>)run.Op).Limit / norm]);
        }
    }

    private sealed class AnchorHalved() : Fault("anchor-halved", "the factor 2 of the derivative is left out", NormAnchor<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            NormAnchor<T> op = (NormAnchor<T>)run.Op;
            run.Run(new NormAnchor<T>(op.W, op.G, op.Strength / 2));
        }
    }
}
