using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Laws;

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
        if (!opCase.Entry.Accumulates)
        {
            return LawOutcome.Skipped("the op has no choice to accumulate");
        }

        ValueClass values = opCase.IsExactOnIntegers ? ValueClass.Integers : ValueClass.Normal;
        OpCase writing = opCase.With(OpEntry.Accumulate, 0), adding = opCase.With(OpEntry.Accumulate, 1);
        CaseData data = CaseData.Draw(adding, values);
        CaseData fresh = subject.Run(writing, data).Outputs, sum = subject.Run(adding, data).Outputs;
        string destination = CaseData.Operands(adding).Single(static o => o.Access == OperandAccess.Accumulate).Name;
        Judge judge = new(subject);
        double[] bound = judge.TotalBound(adding, destination, new Truth(adding, data));
        double[] expected = [.. data.Reals[destination].Zip(fresh.Reals[destination], (old, own) => subject.Round(old + own))];
        double[] allowed = Array.ConvertAll(bound, error => opCase.IsExactOnIntegers ? 0 : 2 * error);
        return judge.Compare(destination, sum.Reals[destination], expected, allowed).Outcome;
    }
}
