using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>Integers whose sums of absolute products fit into the significand give exact results in any order of summation: the bound is 0.</summary>
internal sealed class ExactIntegersLaw(string name, ValueClass values, string statement) : OpLaw
{
    public static ExactIntegersLaw Small { get; } = new(
        "exact-integers", ValueClass.Integers, "Small integers give exact results, in any order of summation.");

    public static ExactIntegersLaw Wide { get; } = new(
        "exact-wide-integers", ValueClass.WideIntegers, "Sparse integers of 12 bits times ±1 give exact results; inputs rounded to fewer bits do not.");

    public override string Name => name;

    public override string Statement => statement;

    public override LawStrength Strength => LawStrength.Exact;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (!opCase.IsExactOnIntegers)
        {
            return LawOutcome.Skipped("the op divides, or has constants that are no integers");
        }

        if (!WholeNumbers.AreExact(opCase, subject))
        {
            return values == ValueClass.Integers ? CheckTransformed(opCase, subject) : LawOutcome.Skipped(WholeNumbers.Transformed);
        }

        if (values == ValueClass.WideIntegers && subject.Info.Accuracy.InputRounding > 0)
        {
            return LawOutcome.Skipped("the backend declares that it rounds its inputs");
        }

        CaseData data = CaseData.Draw(opCase, values);
        Truth truth = new(opCase, data);
        if (!WholeNumbers.Fit(opCase, truth, data, subject))
        {
            return LawOutcome.Skipped("a sum of absolute products leaves the significand");
        }

        return new Judge(subject).Compare(opCase, subject.Run(opCase, data), truth, exactly: true).Outcome;
    }

    /// <summary>Transforms are exact too where what they divide can be divided and no number on the way leaves the significand.</summary>
    private static LawOutcome CheckTransformed(OpCase opCase, Subject subject)
    {
        if (opCase.TransformedIntegers() is not { } transformed)
        {
            return LawOutcome.Skipped(WholeNumbers.Transformed);
        }

        Truth truth = new(opCase, transformed.Data);
        return Array.TrueForAll(transformed.Weights(truth), static weight => weight < WholeNumbers.Significand)
            ? new Judge(subject).Compare(opCase, subject.Run(opCase, transformed.Data), truth, exactly: true).Outcome
            : LawOutcome.Skipped("a number on the way leaves the significand");
    }
}
