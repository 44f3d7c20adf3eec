using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Numerics;

namespace Msr.Conformance.Laws;

/// <summary>
/// A gradient op against central differences of its op: D = (L(x + h·e) − L(x − h·e))/2h with L = Σ weight·y, on a few elements e.
/// docs/error-bounds.md, "Differences", derives how far rounding and truncation may take them apart.
/// </summary>
internal sealed class GradientLaw : OpLaw
{
    private const int Elements = 6;

    /// <summary>Beyond this part of the gradient's own size (or of 1) a bound proves nothing: a nearly constant channel of batch normalisation, say.</summary>
    private const double Sharp = 1e-3;

    public override string Name => "gradient";

    public override string Statement => "A gradient op gives what central differences of its op give, away from kinks, in float64.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (subject.Info.Accuracy != Accuracy.Double)
        {
            return LawOutcome.Skipped("differences need float64");
        }

        GradientPair[] pairs = [.. opCase.Writing.Gradients.Where(pair => subject.Supports(pair.Backward))];
        Judge judge = new(subject);
        foreach (GradientPair pair in pairs)
        {
            Check(pair, subject, judge);
        }

        return pairs.Length == 0 ? LawOutcome.Skipped("no op of the table is its gradient")
            : judge.Compared == 0 ? LawOutcome.Skipped("no difference is sharp enough to prove anything")
            : judge.Outcome;
    }

    private static void Check(GradientPair pair, Subject subject, Judge judge)
    {
        RandomStream stream = new RandomStream(pair.Forward.Descriptor.Seed).Split("gradient").Split(pair.Input);
        Draws draws = new(stream);
        CaseData inputs = pair.AwayFromKinks(pair.Forward.Draw(ValueClass.Normal));
        CaseData outputs = subject.Run(pair.Forward, inputs).Outputs;
        double[] y = outputs.Reals[pair.Output];
        double[] upstream = [.. Enumerable.Range(0, pair.UpstreamLength).Select(_ => draws.Normal())];
        double[] weights = upstream.Length == y.Length ? upstream : [.. Enumerable.Repeat(upstream[0], y.Length)];
        CaseData backward = pair.Bind(inputs, outputs, upstream);
        double[] got = subject.Run(pair.Backward, backward).Outputs.Reals[pair.Gradient];
        double[] own = pair.Backward.Bound(pair.Gradient, new Truth(pair.Backward, backward, subject), Rounding.OfTruth);
        foreach (int element in Enumerable.Range(0, Elements).Select(_ => draws.Between(0, got.Length - 1)).Distinct())
        {
            Difference difference = new(pair, subject, inputs, weights, element);

            // A correctly rounded gradient is within one rounding.
            double rounding = own[element] == 0 ? (Rounding.OfTruth.U * Math.Abs(got[element])) + Rounding.OfTruth.Underflow : own[element];
            double bound = difference.Rounding + rounding + pair.Truncation(inputs, weights, element);
            if (bound <= Sharp * (1 + Math.Abs(difference.Value)))
            {
                judge.Compare($"{pair.Gradient} by '{pair.Input}'[{element}]", [got[element]], [difference.Value], [bound + double.Epsilon]);
            }
        }
    }

    /// <summary>D and its rounding error (1 + 2u)·Λ/h + 2u·Σ|weight·y|/h.</summary>
    private sealed class Difference
    {
        private readonly GradientPair _pair;
        private readonly Subject _subject;
        private readonly double[] _weights;

        public Difference(GradientPair pair, Subject subject, CaseData inputs, double[] weights, int element)
        {
            (_pair, _subject, _weights) = (pair, subject, weights);
            (double above, double aboveError, double aboveWeight) = Loss(inputs, element, pair.Step);
            (double below, double belowError, double belowWeight) = Loss(inputs, element, -pair.Step);
            Value = (above - below) / (2 * pair.Step);
            double weight = Math.Max(aboveWeight, belowWeight);
            Rounding = ((1.01 * Math.Max(aboveError, belowError)) + (2 * Cases.Rounding.OfTruth.U * weight)) / pair.Step;
        }

        public double Value { get; }

        public double Rounding { get; }

        /// <summary>L beside x, its rounding error Λ, and Σ|weight|·(|y| + E). x is a float32 and the step a power of 2: their sum is exact.</summary>
        private (double Value, double Error, double Weight) Loss(CaseData inputs, int element, double step)
        {
            double[] moved = [.. inputs.Reals[_pair.Input]];
            moved[element] += step;
            CaseData data = inputs.With(_pair.Input, moved);
            double[] y = _subject.Run(_pair.Forward, data).Outputs.Reals[_pair.Output];
            double[] bound = _pair.Forward.Bound(_pair.Output, new Truth(_pair.Forward, data, _subject), Cases.Rounding.OfTruth);
            double value = 0, error = 0, weight = 0;
            for (int j = 0; j < y.Length; j++)
            {
                double own = bound[j] == 0 ? Cases.Rounding.OfTruth.U * Math.Abs(y[j]) : bound[j];
                value += _weights[j] * y[j];
                error += Math.Abs(_weights[j]) * own;
                weight += Math.Abs(_weights[j]) * (Math.Abs(y[j]) + own);
            }

            return (value, error + (Cases.Rounding.OfTruth.Gamma(y.Length) * weight), weight);
        }
    }
}
