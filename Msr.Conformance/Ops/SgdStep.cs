using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A step of stochastic gradient descent.</summary>
internal sealed class SgdStepEntry : OpEntry
{
    public static SgdStepEntry Instance { get; } = new();

    public override string Kind => SgdStep<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("length", 1, "parameters"),
        new("momentum", 0, "momentum") { Default = 0, Denominator = 100 },
        Parameter.Flag("nesterov", "whether the momentum is Nesterov's"),
        new("weight-decay", 0, "weight decay") { Default = 0, Denominator = 10_000 },
        new("rate-multiplier", 1, "multiplier of the rate") { Default = 10, Denominator = 10 },
    ];

    public override IReadOnlyList<Fault> Faults => SgdFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a gradient of another length", typeof(ShapeMismatchException), static () => Build(4, 3, 1, new SgdSettings())),
        new("two rates", typeof(ShapeMismatchException), static () => Build(4, 4, 2, new SgdSettings())),
        new("a negative momentum", typeof(ArgumentOutOfRangeException), static () => Build(4, 4, 1, new SgdSettings(-0.1))),
        new("a weight decay that is no number", typeof(ArgumentOutOfRangeException), static () => Build(4, 4, 1, new SgdSettings(WeightDecay: double.NaN))),
    ];

    /// <summary>A case of settings that are not of the grid of texts, such as those of outside cases.</summary>
    public OpCase Case(int length, SgdSettings settings) =>
        new StepCase(this, new CaseDescriptor(Kind, Set(("length", length)), ValueClass.Normal, 0), settings);

    public override TestCase Create(CaseDescriptor descriptor)
    {
        ParameterSet p = descriptor.Parameters;
        return new StepCase(this, descriptor, new SgdSettings(p.Fraction("momentum"), p.Flag("nesterov"), p.Fraction("weight-decay"), p.Fraction("rate-multiplier")));
    }

    protected override ParameterSet DrawParameters(Draws draws) => Set(
        ("length", draws.Small(1, 400)), ("momentum", draws.OneOf(0, 50, 90)), ("nesterov", draws.Between(0, 1)), ("weight-decay", draws.OneOf(0, 5, 1000)), ("rate-multiplier", draws.OneOf(10, 3)));

    private static void Build(int parameters, int gradients, int rates, SgdSettings settings)
    {
        HostOperands<double> at = new();
        _ = new SgdStep<double>(
            at.Real("w", new Shape(parameters)), at.Real("g", new Shape(gradients)), at.Real("v", new Shape(parameters)), at.Real("rate", new Shape(rates)),
            at.Real("gain", new Shape(1)), settings);
    }

    private sealed class StepCase(OpEntry entry, CaseDescriptor descriptor, SgdSettings settings) : OpCase(entry, descriptor)
    {
        private Shape Length => new(Parameters["length"]);

        public override bool IsExactOnIntegers => false;

        public override long Flops => 6 * Length.Length;

        public override Op<T> Build<T>(IOperands<T> at) => new SgdStep<T>(
            at.Real("w", Length), at.Real("g", Length), at.Real("v", Length), at.Real("rate", new Shape(1)), at.Real("gain", new Shape(1)), settings);

        public override double Element(string operand, Draws draws, ValueClass values) =>
            operand is "rate" or "gain" ? draws.Real(0.01, 1) : base.Element(operand, draws, values);

        /// <summary>The step is subtracted: with the rate negated all terms add up.</summary>
        public override double Magnitude(string operand, double value) => operand == "rate" ? -Math.Abs(value) : Math.Abs(value);

        public override int Roundings(string operand) => 12;
    }
}

/// <summary>Wrong steps.</summary>
internal static class SgdFaults
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
    ];

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
}
