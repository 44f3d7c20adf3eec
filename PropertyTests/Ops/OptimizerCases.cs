using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of the optimiser's step and of the clip factor.</summary>
internal static class OptimizerCases
{
    public static OpCase ClipFactor(double limit) => new ClipFactorCase(limit);

    public static OpCase SgdStep(int length, SgdSettings settings) => new SgdStepCase(length, settings);

    public static SgdSettings Settings(Draws draws) =>
        new(draws.OneOf(0, 0.5, 0.9), draws.Flag(), draws.OneOf(0, 5e-4, 0.1), draws.OneOf(1, 0.3));

    private sealed class ClipFactorCase(double limit) : OpCase
    {
        public override string Text => $"{ClipFactor<double>.Kind} limit {limit}";

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ClipFactor<T>(at.Real("squaredNorm", new Shape(1)), at.Real("factor", new Shape(1)), limit);

        public override double[] Values(string operand, Shape shape, Draws draws, ValueClass valueClass) => [draws.Real(0, 4 * limit * limit)];

        public override int Roundings(string operand) => 4;
    }

    private sealed class SgdStepCase(int length, SgdSettings settings) : OpCase
    {
        public override string Text => $"{SgdStep<double>.Kind} length {length} {settings}";

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) => new SgdStep<T>(
            at.Real("w", new Shape(length)),
            at.Real("g", new Shape(length)),
            at.Real("v", new Shape(length)),
            at.Real("rate", new Shape(1)),
            at.Real("gain", new Shape(1)),
            settings);

        public override double[] Values(string operand, Shape shape, Draws draws, ValueClass valueClass) =>
            operand is "rate" or "gain" ? [draws.Real(0.01, 1)] : base.Values(operand, shape, draws, valueClass);

        /// <summary>The step is subtracted: with the rate negated all terms add up.</summary>
        public override double Magnitude(string operand, double value) => operand == "rate" ? -Math.Abs(value) : Math.Abs(value);

        public override int Roundings(string operand) => 12;
    }
}
