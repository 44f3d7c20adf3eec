using Msr.Core.Numerics;

namespace PropertyTests.Ops;

/// <summary>Central differences of an op on the float64 reference against its gradient op; <see cref="GradientTests"/> derives the bound.</summary>
internal sealed class DifferenceQuotient
{
    private readonly GradientPair _pair;
    private readonly CaseData _inputs;
    private readonly double _h;
    private readonly double[] _upstream;
    private readonly double[] _weights;

    /// <summary>Prepares a pair on its inputs.</summary>
    /// <param name="pair">The op and its gradient op.</param>
    /// <param name="inputs">What the op reads.</param>
    /// <param name="stream">Where the upstream gradient is drawn, unless it is given.</param>
    /// <param name="h">Half the width of the difference.</param>
    /// <param name="scalar">One upstream gradient that counts for every output.</param>
    public DifferenceQuotient(GradientPair pair, CaseData inputs, RandomStream stream, double h, double[]? scalar = null)
    {
        (_pair, _inputs, _h) = (pair, inputs, h);
        int outputs = Truth.Reference.Run(pair.Forward, inputs).Reals[pair.Output].Length;
        _upstream = scalar ?? Draws.Normals(stream.Split("upstream"), outputs);
        _weights = scalar is null ? _upstream : [.. Enumerable.Repeat(scalar[0], outputs)];
    }

    /// <summary>Compares every element of the gradient.</summary>
    /// <param name="truncation">The truncation of the difference at an element, from the upstream gradient.</param>
    public void Check(Func<int, double[], double> truncation)
    {
        CaseData outputs = Truth.Reference.Run(_pair.Forward, _inputs);
        Truth gradient = new(_pair.Backward, _pair.Bind(_inputs, outputs, _upstream));
        double[] got = gradient.Output(_pair.Gradient), own = _pair.Backward.Bound(_pair.Gradient, gradient, Rounding.OfTruth);
        for (int i = 0; i < got.Length; i++)
        {
            (double above, double aboveError, double aboveWeight) = Loss(i, _h);
            (double below, double belowError, double belowWeight) = Loss(i, -_h);
            double difference = (above - below) / (2 * _h);
            double rounding = (1.01 * Math.Max(aboveError, belowError) / _h) + (2 * Rounding.OfTruth.U * Math.Max(aboveWeight, belowWeight) / _h);
            double bound = rounding + own[i] + truncation(i, _upstream);
            Assert.True(bound < 1e-3, $"{_pair.Forward.Text}: a bound of {bound:R} proves nothing.");
            Assert.True(
                Math.Abs(got[i] - difference) <= bound,
                $"{_pair.Backward.Text}: '{_pair.Gradient}'[{i}] is {got[i]:R}, the difference {difference:R}, bound {bound:R}.");
        }
    }

    /// <summary>L = Σ dy·y beside x, its rounding error Λ, and Σ|dy·y|. x is a float32 and the step a power of 2: their sum is exact.</summary>
    private (double Value, double Error, double Weight) Loss(int element, double step)
    {
        double[] moved = [.. _inputs.Reals[_pair.Input]];
        moved[element] += step;
        Truth truth = new(_pair.Forward, _inputs.With(_pair.Input, moved));
        double[] y = truth.Output(_pair.Output), bound = _pair.Forward.Bound(_pair.Output, truth, Rounding.OfTruth);
        double value = 0, error = 0, weight = 0;
        for (int j = 0; j < y.Length; j++)
        {
            // Where the correctly rounded result is demanded, that is one rounding.
            double own = bound[j] == 0 ? Rounding.OfTruth.U * Math.Abs(y[j]) : bound[j];
            value += _weights[j] * y[j];
            error += Math.Abs(_weights[j]) * own;
            weight += Math.Abs(_weights[j]) * (Math.Abs(y[j]) + own);
        }

        return (value, error + (Rounding.OfTruth.Gamma(y.Length) * weight), weight);
    }
}
