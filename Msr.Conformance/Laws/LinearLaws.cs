using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Laws;

/// <summary>
/// op(x + x′) = op(x) + op(x′): exact on integers where the op is; where it divides, within the three bounds and the rounding of their sum.
/// </summary>
internal sealed class LinearityLaw : OpLaw
{
    public override string Name => "linearity";

    public override string Statement => "op(x + x′) = op(x) + op(x′) for every input that the op is linear in; exact on integers.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        OpCase writing = opCase.Writing;
        if (writing.LinearIn.Count == 0)
        {
            return LawOutcome.Skipped("the op is linear in nothing");
        }

        Judge judge = new(subject);
        CaseData one = writing.Draw(ValueClass.Integers);
        one = writing.Offsets.Aggregate(one, static (data, operand) => data.With(operand, new double[data.Reals[operand].Length]));
        foreach ((string operand, string result) in writing.LinearIn)
        {
            Draws draws = new(new RandomStream(writing.Descriptor.Seed).Split("addend").Split(operand));
            double[] x = one.Reals[operand], addend = WholeNumbers.Draw(draws, x.Length);
            CaseData other = one.With(operand, addend), sum = one.With(operand, [.. x.Zip(addend, static (a, b) => a + b)]);
            Truth whole = new(writing, sum, subject);
            bool exact = WholeNumbers.Fit(writing, whole, sum, subject);
            double[] allowed = new double[whole.Output(result).Length];
            if (!exact)
            {
                double[][] bounds = [.. new[] { new Truth(writing, one, subject), new Truth(writing, other, subject), whole }.Select(t => judge.TotalBound(writing, result, t))];
                allowed = [.. whole.Output(result).Select((y, i) => bounds[0][i] + bounds[1][i] + bounds[2][i] + (subject.Info.Accuracy.UnitRoundoff * Math.Abs(y)))];
            }

            double[] Run(CaseData data) => subject.Run(writing, data).Outputs.Reals[result];
            double[] parts = [.. Run(one).Zip(Run(other), static (a, b) => a + b)];
            judge.Compare($"{result} by '{operand}'", Run(sum), parts, allowed);
        }

        return judge.Outcome;
    }
}

/// <summary>
/// y ← y + f(…) is the old value plus the fresh one. The fresh result has the error of the op, the accumulating one that error with one more
/// rounding: they cannot differ by more than the sum of both bounds. On integers both are exact, and so is their agreement.
/// </summary>
internal sealed class AccumulateLaw : OpLaw
{
    public override string Name => "accumulate";

    public override string Statement => "An accumulating op adds what it would have written.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (!opCase.Accumulates)
        {
            return LawOutcome.Skipped("the op has no choice to accumulate");
        }

        ValueClass values = opCase.IsExactOnIntegers ? ValueClass.Integers : ValueClass.Normal;
        OpCase writing = opCase.With(OpCase.AccumulateKey, 0), adding = opCase.With(OpCase.AccumulateKey, 1);
        CaseData data = adding.Draw(values);
        CaseData fresh = subject.Run(writing, data).Outputs, sum = subject.Run(adding, data).Outputs;
        string destination = adding.Operands.Single(static o => o.Access == OperandAccess.Accumulate).Name;
        Judge judge = new(subject);
        double[] bound = judge.TotalBound(adding, destination, new Truth(adding, data, subject));
        double[] expected = [.. data.Reals[destination].Zip(fresh.Reals[destination], (old, own) => subject.Round(old + own))];
        double[] allowed = Array.ConvertAll(bound, error => opCase.IsExactOnIntegers ? 0 : 2 * error);
        return judge.Compare(destination, sum.Reals[destination], expected, allowed).Outcome;
    }
}

/// <summary>
/// ⟨A·x, dy⟩ = ⟨x, Aᵀ·dy⟩ ties an op to its gradient op on the same backend, with no oracle in between. On integers both sides are exact, so
/// they are equal. On other contents ŷ = A·x + e and d̂x = Aᵀ·dy + f differ by at most Σ|dy|·|e| + Σ|x|·|f| and the rounding of two inner
/// products in float64.
/// </summary>
internal sealed class AdjointLaw : OpLaw
{
    public override string Name => "adjoint";

    public override string Statement => "⟨A·x, dy⟩ = ⟨x, Aᵀ·dy⟩ for an op A that is linear in x and its gradient op Aᵀ.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        GradientPair[] pairs = [.. opCase.Writing.Gradients.Where(pair => pair.IsLinear && subject.Supports(pair.Backward))];
        double worst = 0;
        foreach (GradientPair pair in pairs)
        {
            if (WholeNumbers.For(pair.Forward, subject) is { } integers && Exactly(pair, subject, WithoutOffsets(pair, integers)) is { } broken)
            {
                return LawOutcome.Failed(broken);
            }

            (double error, double bound) = Within(pair, subject, WithoutOffsets(pair, pair.Forward.Data));
            if (!(error <= bound))
            {
                return LawOutcome.Failed($"by '{pair.Input}' the products differ by {error:R}, bound {bound:R}");
            }

            worst = bound > 0 && double.IsFinite(bound) ? Math.Max(worst, error / bound) : worst;
        }

        return pairs.Length == 0 ? LawOutcome.Skipped("no op of the table is its adjoint") : LawOutcome.Holds(worst);
    }

    private static CaseData WithoutOffsets(GradientPair pair, CaseData inputs) =>
        pair.Forward.Offsets.Aggregate(inputs, static (data, operand) => data.With(operand, new double[data.Reals[operand].Length]));

    private static string? Exactly(GradientPair pair, Subject subject, CaseData inputs)
    {
        Draws draws = new(new RandomStream(pair.Forward.Descriptor.Seed).Split("upstream"));
        CaseData outputs = subject.Run(pair.Forward, inputs).Outputs;
        double[] dy = WholeNumbers.Draw(draws, pair.UpstreamLength);
        CaseData backward = pair.Bind(inputs, outputs, dy);
        if (!WholeNumbers.Fit(pair.Backward, new Truth(pair.Backward, backward, subject), backward, subject))
        {
            return null;
        }

        double[] dx = subject.Run(pair.Backward, backward).Outputs.Reals[pair.Gradient];
        double left = InnerProduct.Of(dy, outputs.Reals[pair.Output]), right = InnerProduct.Of(inputs.Reals[pair.Input], dx);
        return left == right ? null : $"on integers, by '{pair.Input}': ⟨A·x, dy⟩ is {left}, ⟨x, Aᵀ·dy⟩ is {right}";
    }

    private static (double Error, double Bound) Within(GradientPair pair, Subject subject, CaseData inputs)
    {
        Draws draws = new(new RandomStream(pair.Forward.Descriptor.Seed).Split("upstream"));
        CaseData outputs = subject.Run(pair.Forward, inputs).Outputs;
        double[] x = inputs.Reals[pair.Input], y = outputs.Reals[pair.Output];
        double[] dy = [.. Enumerable.Range(0, pair.UpstreamLength).Select(_ => draws.Normal())];
        CaseData backward = pair.Bind(inputs, outputs, dy);
        double[] dx = subject.Run(pair.Backward, backward).Outputs.Reals[pair.Gradient];
        double[] e = Errors(pair.Forward, pair.Output, new Truth(pair.Forward, inputs, subject), subject);
        double[] f = Errors(pair.Backward, pair.Gradient, new Truth(pair.Backward, backward, subject), subject);
        double products = Rounding.OfTruth.Gamma(x.Length + y.Length) * (InnerProduct.OfMagnitudes(dy, y) + InnerProduct.OfMagnitudes(x, dx));
        double bound = InnerProduct.OfMagnitudes(dy, e) + InnerProduct.OfMagnitudes(x, f) + products;
        return (Math.Abs(InnerProduct.Of(dy, y) - InnerProduct.Of(x, dx)), bound);
    }

    /// <summary>The bound of an op; one rounding where it demands the correctly rounded result.</summary>
    private static double[] Errors(OpCase opCase, string operand, Truth truth, Subject subject)
    {
        Rounding rounding = Rounding.Of(subject.AccuracyOf(opCase));
        double[] bound = opCase.Bound(operand, truth, rounding), result = truth.Output(operand);
        return [.. bound.Select((error, i) => error == 0 ? (rounding.U * Math.Abs(result[i])) + rounding.Underflow : error)];
    }
}

/// <summary>Inner products in float64.</summary>
internal static class InnerProduct
{
    /// <summary>Σ a·b.</summary>
    public static double Of(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>Σ |a·b|.</summary>
    public static double OfMagnitudes(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs(a[i] * b[i]);
        }

        return sum;
    }
}
