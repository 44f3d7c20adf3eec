using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

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
        CaseData one = CaseData.Draw(writing, ValueClass.Integers);
        one = writing.Offsets.Aggregate(one, static (data, operand) => data.With(operand, new double[data.Reals[operand].Length]));
        foreach ((string operand, string result) in writing.LinearIn)
        {
            Draws draws = new(new RandomStream(writing.Descriptor.Seed).Split("addend").Split(operand));
            double[] x = one.Reals[operand], addend = WholeNumbers.Draw(draws, x.Length);
            CaseData other = one.With(operand, addend), sum = one.With(operand, [.. x.Zip(addend, static (a, b) => a + b)]);
            Truth whole = new(writing, sum);
            bool exact = WholeNumbers.Fit(writing, whole, sum, subject);
            double[] allowed = new double[whole.Output(result).Length];
            if (!exact)
            {
                double[][] bounds = [.. new[] { new Truth(writing, one), new Truth(writing, other), whole }.Select(t => judge.TotalBound(writing, result, t))];
                allowed = [.. whole.Output(result).Select((y, i) => bounds[0][i] + bounds[1][i] + bounds[2][i] + (subject.Info.Accuracy.UnitRoundoff * Math.Abs(y)))];
            }

            double[] Run(CaseData data) => subject.Run(writing, data).Outputs.Reals[result];
            double[] parts = [.. Run(one).Zip(Run(other), static (a, b) => a + b)];
            judge.Compare($"{result} by '{operand}'", Run(sum), parts, allowed);
        }

        return judge.Outcome;
    }
}
