namespace PropertyTests.Ops;

/// <summary>Compares every element of a result with the truth, against the theorem that bounds their distance.</summary>
internal sealed class Judge(Subject subject)
{
    private readonly Rounding _rounding = Rounding.Of(subject.Info.Accuracy);

    /// <summary>The largest error seen, as a multiple of its bound.</summary>
    public double WorstRatio { get; private set; }

    /// <summary>How many elements were compared.</summary>
    public long Compared { get; private set; }

    /// <summary>How many of them should be different from zero.</summary>
    public long NotZero { get; private set; }

    /// <summary>Runs a case and holds every operand it writes against the truth.</summary>
    public void Check(OpCase opCase, CaseData inputs, bool exactly = false) => Check(opCase, inputs, new Truth(opCase, inputs), exactly);

    /// <summary>The same with a truth that several subjects share.</summary>
    public void Check(OpCase opCase, CaseData inputs, Truth truth, bool exactly = false)
    {
        CaseData got = subject.Run(opCase, inputs);
        foreach ((string operand, double[] values) in got.Reals)
        {
            double[] expected = truth.Output(operand);
            bool had = inputs.Reals.TryGetValue(operand, out double[]? before);
            if (had && values.AsSpan().SequenceEqual(before) && expected.AsSpan().SequenceEqual(before))
            {
                continue; // only read, or left as it was, as it should be
            }

            double[] bound = exactly ? new double[expected.Length] : TotalBound(opCase, operand, truth);
            Compare($"{opCase.Text}: '{operand}' on {subject}", values, expected, bound);
        }

        foreach ((string operand, int[] values) in got.Integers)
        {
            Compared += values.Length;
            NotZero += values.LongCount(static value => value != 0);
            Assert.True(values.AsSpan().SequenceEqual(truth.OutputIndices(operand)), $"{opCase.Text}: '{operand}' on {subject} differs.");
        }
    }

    /// <summary>Compares element by element; where the bound is 0 the correctly rounded number is demanded.</summary>
    public void Compare(string what, ReadOnlySpan<double> got, ReadOnlySpan<double> expected, ReadOnlySpan<double> bound)
    {
        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < got.Length; i++)
        {
            double wanted = bound[i] == 0 ? subject.Round(expected[i]) : expected[i];
            double error = Math.Abs(got[i] - wanted);

            // Not even where the truth is NaN: no generated input is, so it would be poison that nobody wrote over.
            Assert.True(error <= bound[i], $"{what}[{i}] is {got[i]:R}, should be {wanted:R} within {bound[i]:R}: error/bound {error / bound[i]:G4}.");
            WorstRatio = bound[i] > 0 ? Math.Max(WorstRatio, error / bound[i]) : WorstRatio;
            NotZero += wanted == 0 ? 0 : 1;
        }

        Compared += got.Length;
    }

    /// <summary>The bound of the subject, plus that of the truth, which errs too.</summary>
    private double[] TotalBound(OpCase opCase, string operand, Truth truth)
    {
        double[] bound = opCase.Bound(operand, truth, _rounding);
        double[] own = opCase.Bound(operand, truth, Rounding.OfTruth);
        for (int i = 0; i < bound.Length; i++)
        {
            bound[i] += own[i];
        }

        return bound;
    }
}
