using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of noise.</summary>
internal static class NoiseCases
{
    public static OpCase Apply(Shape shape, NoiseSettings settings) => new ApplyCase(shape, settings);

    public static NoiseSettings Settings(Draws draws) => new(
        draws.OneOf(NoiseDistribution.Uniform, NoiseDistribution.Gaussian, NoiseDistribution.Shift),
        draws.Between(0, 50),
        0x9E3779B97F4A7C15UL * (ulong)draws.Between(1, 1000));

    private sealed class ApplyCase(Shape shape, NoiseSettings settings) : OpCase
    {
        /// <summary>√(−2·ln 2⁻²⁴), the largest normal number that 24 bits can draw, rounded up.</summary>
        private const double LargestNormal = 5.8;

        public override string Text => $"{NoiseApply<double>.Kind} {shape} {settings}";

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) => new NoiseApply<T>(
            at.Real("x", shape),
            at.Integer("samples", new Shape(shape[0])),
            at.Integer("step", new Shape(1)),
            at.Real("strength", new Shape(1)),
            at.Real("y", shape),
            settings);

        public override double[] Values(string operand, Shape shape, Draws draws, ValueClass valueClass) =>
            operand == "strength" ? [draws.Real(0, 1)] : base.Values(operand, shape, draws, valueClass);

        public override int[] Indices(string operand, Shape shape, Draws draws)
        {
            int[] values = new int[shape.Length];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = draws.Between(0, 60_000);
            }

            return values;
        }

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double strength = truth.Input("strength")[0];
            double z = settings.Distribution == NoiseDistribution.Gaussian ? LargestNormal : 1;
            double drawing = settings.Distribution == NoiseDistribution.Gaussian
                ? (rounding.U + (24 * Rounding.OfTruth.U)) * LargestNormal
                : 0;
            return Array.ConvertAll(truth.Input("x"), x => settings.Distribution == NoiseDistribution.Shift
                ? (rounding.Gamma(2) * (Math.Abs(x) + (strength * z))) + rounding.Underflow
                : (Math.Abs(x) * ((rounding.Gamma(3) * (1 + (strength * z))) + (1.01 * strength * drawing))) + rounding.Underflow);
        }
    }
}
