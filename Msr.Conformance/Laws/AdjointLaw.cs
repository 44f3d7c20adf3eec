using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Laws;

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
        if (!WholeNumbers.Fit(pair.Backward, new Truth(pair.Backward, backward), backward, subject))
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
        double[] e = Errors(pair.Forward, pair.Output, new Truth(pair.Forward, inputs), subject);
        double[] f = Errors(pair.Backward, pair.Gradient, new Truth(pair.Backward, backward), subject);
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
