using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of the ops on filters: scale, projection, anchor.</summary>
internal static class FilterCases
{
    public static OpCase ScaleForward(Shape filters) => new ScaleForwardCase(filters);

    public static OpCase ScaleBackward(Shape filters) => new ScaleBackwardCase(filters);

    public static OpCase Project(Shape slices, double lambda) => new ProjectCase(slices, lambda);

    public static OpCase Anchor(int rows, int length, double strength) => new AnchorCase(rows, length, strength);

    private static double[] Logarithms(Shape shape, Draws draws)
    {
        double[] theta = new double[shape.Length];
        for (int i = 0; i < theta.Length; i++)
        {
            theta[i] = draws.Real(-2, 2);
        }

        return theta;
    }

    private sealed class ScaleForwardCase(Shape filters) : OpCase
    {
        public override string Text => $"{FilterScaleForward<double>.Kind} {filters}";

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) => new FilterScaleForward<T>(
            at.Real("w", filters), at.Real("theta", new Shape(filters[0])), at.Real("weff", filters));

        public override double[] Values(string operand, Shape shape, Draws draws, ValueClass valueClass) =>
            operand == "theta" ? Logarithms(shape, draws) : base.Values(operand, shape, draws, valueClass);

        public override double Magnitude(string operand, double value) => operand == "theta" ? value : Math.Abs(value);

        public override int Roundings(string operand) => Transcendental.Roundings + 1;
    }

    private sealed class ScaleBackwardCase(Shape filters) : OpCase
    {
        public override string Text => $"{FilterScaleBackward<double>.Kind} {filters}";

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) => new FilterScaleBackward<T>(
            at.Real("weff", filters),
            at.Real("dweff", filters),
            at.Real("theta", new Shape(filters[0])),
            at.Real("dw", filters),
            at.Real("dtheta", new Shape(filters[0])));

        public override double[] Values(string operand, Shape shape, Draws draws, ValueClass valueClass) =>
            operand == "theta" ? Logarithms(shape, draws) : base.Values(operand, shape, draws, valueClass);

        public override double Magnitude(string operand, double value) => operand == "theta" ? value : Math.Abs(value);

        public override int Roundings(string operand) =>
            operand == "dw" ? Transcendental.Roundings + 2 : checked((int)(filters.Length / filters[0])) + 1;
    }

    private sealed class ProjectCase(Shape slices, double lambda) : OpCase
    {
        public override string Text => $"{IsoclineProject<double>.Kind} {slices} lambda {lambda}";

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) => new IsoclineProject<T>(at.Real("x", slices), lambda);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[slices.Length];
            double[] x = truth.Input("x"), result = truth.Output("x");
            (int taps, int inner) = (slices[1], slices[2]);
            for (int i = 0; i < bound.Length; i++)
            {
                int first = (i / (taps * inner) * taps * inner) + (i % inner);
                double sum = 0;
                for (int t = 0; t < taps; t++)
                {
                    sum += Math.Abs(x[first + (t * inner)]);
                }

                double shift = (lambda * rounding.Gamma(taps + 2) * sum / taps) + (taps * rounding.Underflow);
                bound[i] = ((1 + rounding.U) * shift) + (rounding.U * Math.Abs(result[i]));
            }

            return bound;
        }
    }

    private sealed class AnchorCase(int rows, int length, double strength) : OpCase
    {
        public override string Text => $"{NormAnchor<double>.Kind} [{rows}, {length}] strength {strength}";

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) =>
            new NormAnchor<T>(at.Real("w", new Shape(rows, length)), at.Real("g", new Shape(rows, length)), strength);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[rows * length];
            double[] w = truth.Input("w"), g = truth.Input("g");
            for (int i = 0; i < bound.Length; i++)
            {
                double norm = Math.Sqrt(w.Skip(i / length * length).Take(length).Sum(static value => value * value));
                double factor = norm == 0 ? 0 : 2 * strength * (1 + (1 / norm));
                bound[i] = (rounding.Gamma(length + 7) * (Math.Abs(g[i]) + (factor * Math.Abs(w[i])))) + rounding.Underflow;
            }

            return bound;
        }
    }
}
