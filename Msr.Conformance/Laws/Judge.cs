using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>Compares every element of a result with the truth, against the theorem that bounds their distance.</summary>
/// <param name="subject">The backend whose results are judged.</param>
public sealed class Judge(Subject subject)
{
    /// <summary>The rounding that the backend declares.</summary>
    public Rounding Rounding { get; } = Rounding.Of(subject.Info.Accuracy);

    /// <summary>The element that is furthest beyond its bound, the first of equals; none if there is none.</summary>
    public Finding? Failure { get; private set; }

    /// <summary>The element with the largest error relative to its bound.</summary>
    public double WorstRatio { get; private set; }

    /// <summary>How many elements were compared.</summary>
    public long Compared { get; private set; }

    /// <summary>How many of them should be different from zero.</summary>
    public long NotZero { get; private set; }

    /// <summary>How many had a bound that says nothing: beyond the range of the type, or where the derivation ends.</summary>
    public long Unbounded { get; private set; }

    /// <summary>The verdict on everything compared so far, without mistrust.</summary>
    public LawOutcome Outcome => Failure is { } worst ? LawOutcome.Failed($"{worst}") : LawOutcome.Holds(WorstRatio);

    /// <summary>Holds every operand that a run has written against the truth.</summary>
    /// <param name="opCase">The case.</param>
    /// <param name="run">The run.</param>
    /// <param name="truth">The truth of the same inputs.</param>
    /// <param name="exactly">Whether to demand the exact result instead of the bound of the op.</param>
    public Judge Compare(OpCase opCase, Run run, Truth truth, bool exactly = false)
    {
        ArgumentNullException.ThrowIfNull(opCase);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(truth);
        foreach ((string operand, double[] values) in run.Outputs.Reals)
        {
            if (!opCase.Writes(operand))
            {
                continue;
            }

            double[] expected = truth.Output(operand);
            if (exactly)
            {
                Compare(operand, values, expected, new double[expected.Length]);
                continue;
            }

            double[] bound = TotalBound(opCase, operand, truth);
            Compare(operand, values, expected, bound);
            CompareSigns(operand, values, expected, bound);
        }

        foreach ((string operand, int[] values) in run.Outputs.Integers.Where(pair => opCase.Writes(pair.Key)))
        {
            int[] expected = truth.OutputIndices(operand);
            Compare(operand, Array.ConvertAll(values, Convert.ToDouble), Array.ConvertAll(expected, Convert.ToDouble), new double[expected.Length]);
        }

        return this;
    }

    /// <summary>Compares element by element; where the bound is 0 the correctly rounded number is demanded.</summary>
    /// <param name="operand">The name of the result.</param>
    /// <param name="got">The result.</param>
    /// <param name="expected">The truth.</param>
    /// <param name="bound">How far they may be apart.</param>
    public Judge Compare(string operand, ReadOnlySpan<double> got, ReadOnlySpan<double> expected, ReadOnlySpan<double> bound)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(got.Length, expected.Length);
        for (int i = 0; i < got.Length; i++)
        {
            double wanted = bound[i] == 0 ? subject.Round(expected[i]) : expected[i];
            double error = Math.Abs(got[i] - wanted);

            // NaN is never within: no generated input is one, so it would be poison that nobody wrote over.
            bool unbounded = double.IsNaN(bound[i]) || double.IsPositiveInfinity(bound[i]);
            bool within = error <= bound[i] || unbounded;
            Unbounded += unbounded ? 1 : 0;
            if (!within)
            {
                Fail(new Finding(operand, i, wanted, got[i], bound[i]));
            }

            WorstRatio = bound[i] > 0 && within && !unbounded ? Math.Max(WorstRatio, error / bound[i]) : WorstRatio;
            NotZero += wanted == 0 ? 0 : 1;
        }

        Compared += got.Length;
        return this;
    }

    private void Fail(Finding finding) => Failure = Failure is { } worst && !(finding.Ratio > worst.Ratio) ? worst : finding;

    /// <summary>Where the op demands the correctly rounded result, a zero has its sign too. The sign of an exact sum's zero depends on its order.</summary>
    private void CompareSigns(string operand, double[] got, double[] expected, double[] bound)
    {
        for (int i = 0; i < got.Length; i++)
        {
            if (bound[i] == 0 && got[i] == 0 && subject.Round(expected[i]) is var wanted && wanted == 0 && double.IsNegative(wanted) != double.IsNegative(got[i]))
            {
                Fail(new Finding(operand, i, wanted, got[i], 0));
            }
        }
    }

    /// <summary>The bound of the subject, plus that of the truth, which errs too.</summary>
    /// <param name="opCase">The case.</param>
    /// <param name="operand">The result.</param>
    /// <param name="truth">The truth.</param>
    public double[] TotalBound(OpCase opCase, string operand, Truth truth)
    {
        ArgumentNullException.ThrowIfNull(opCase);
        double[] bound = opCase.Bound(operand, truth, Rounding.Of(subject.AccuracyOf(opCase))), own = opCase.Bound(operand, truth, Rounding.OfTruth);
        double overflow = Rounding.Largest;
        for (int i = 0; i < bound.Length; i++)
        {
            bound[i] += own[i];

            // Overflow rule: where the sum of absolute values leaves the range of the type, any result is in order.
            bound[i] = Math.Abs(truth.Output(operand)[i]) + bound[i] > overflow ? double.PositiveInfinity : bound[i];
        }

        return bound;
    }
}

/// <summary>One element of a result beside what it should be.</summary>
/// <param name="Operand">The operand.</param>
/// <param name="Index">The element.</param>
/// <param name="Expected">The truth; where the bound is 0, rounded to the element type.</param>
/// <param name="Got">The result.</param>
/// <param name="Bound">How far they may be apart.</param>
public sealed record Finding(string Operand, long Index, double Expected, double Got, double Bound)
{
    /// <summary>|got − expected| / bound; infinite for any error where the bound is 0 or the result is no number.</summary>
    public double Ratio => Bound > 0 && !double.IsNaN(Got) ? Math.Abs(Got - Expected) / Bound : double.PositiveInfinity;

    /// <inheritdoc/>
    public override string ToString() => $"'{Operand}'[{Index}] is {Got:R}, should be {Expected:R} within {Bound:G4}: error/bound {Ratio:G4}";
}
