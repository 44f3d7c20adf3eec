using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>Every element lies within the derived bound of the op.</summary>
internal sealed class BoundLaw : OpLaw
{
    /// <summary>λ of the statistical line λ·√n·u: at 5 an honest sum crosses it less than once in a million elements (Higham and Mary 2019).</summary>
    private const double Confidence = 5;

    public override string Name => "bound";

    public override string Statement => "|computed − exact| stays within the bound derived in docs/error-bounds.md, element by element.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        Judge judge = new Judge(subject).Compare(opCase, opCase.RunOn(subject), opCase.TruthFor(subject));
        if (judge.Failure is not null)
        {
            return judge.Outcome;
        }

        if (judge.Unbounded * 2 > judge.Compared)
        {
            return new LawOutcome(Verdict.Mistrusted, $"{judge.Unbounded} of {judge.Compared} elements have a bound that says nothing");
        }

        return MostlyZero(opCase, judge)
            ? new LawOutcome(Verdict.Mistrusted, $"only {judge.NotZero} of {judge.Compared} results should differ from 0")
            : Statistical(opCase, subject, judge) ?? judge.Outcome;
    }

    /// <summary>Results that are nearly all 0 prove nothing, unless the op makes zeros by definition or the contents are full of them.</summary>
    private static bool MostlyZero(OpCase opCase, Judge judge) =>
        opCase.Descriptor.Values is ValueClass.Normal or ValueClass.Common or ValueClass.Wide && judge.NotZero * 20 < judge.Compared - opCase.StructuralZeros;

    /// <summary>Beyond λ√n·u·m on zero-mean data: suspicious.</summary>
    private static LawOutcome? Statistical(OpCase opCase, Subject subject, Judge judge)
    {
        double line = Confidence * Math.Sqrt(opCase.AccumulationLength);
        if (!opCase.HasStatisticalLine || opCase.Descriptor.Values != ValueClass.Normal || line >= opCase.AccumulationLength || subject.Info.Accuracy.InputRounding > 0)
        {
            return null;
        }

        double share = line / opCase.AccumulationLength;
        return judge.WorstRatio > share
            ? new LawOutcome(Verdict.Suspicious, $"error/bound {judge.WorstRatio:G3} is above {share:G3}, where zero-mean data make it unlikely", judge.WorstRatio)
            : null;
    }
}
