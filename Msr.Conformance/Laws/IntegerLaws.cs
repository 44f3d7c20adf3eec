using Msr.Conformance.Cases;
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

        CaseData data = opCase.Draw(values);
        Truth truth = new(opCase, data, subject);
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

        Truth truth = new(opCase, transformed.Data, subject);
        return Array.TrueForAll(transformed.Weights(truth), static weight => weight < WholeNumbers.Significand)
            ? new Judge(subject).Compare(opCase, subject.Run(opCase, transformed.Data), truth, exactly: true).Outcome
            : LawOutcome.Skipped("a number on the way leaves the significand");
    }
}

/// <summary>Contents of small integers, on which sums of products are exact in any order and any precision.</summary>
internal static class WholeNumbers
{
    /// <summary>The limit below which every integer is a number of float32.</summary>
    public const double Significand = 1 << 24;

    /// <summary>Why a law of exact results says nothing of a backend that transforms tiles.</summary>
    public const string Transformed = "the backend computes it by Winograd's transforms, whose constants are no integers";

    /// <summary>Whether a backend sums products, so that integers give exact results.</summary>
    public static bool AreExact(OpCase opCase, Subject subject) => subject.AccuracyOf(opCase).WinogradTile == 0;

    /// <summary>Whether no sum of absolute products leaves the significand of float32: then every correct result is exact.</summary>
    public static bool Fit(OpCase opCase, Truth truth, CaseData data, Subject subject) =>
        opCase.IsExactOnIntegers && AreExact(opCase, subject) && data.Reals.Keys.Concat(Written(opCase)).All(operand => truth.Magnitude(operand).All(static m => m < Significand));

    /// <summary>Integers for a case; nothing where they would not give exact results.</summary>
    public static CaseData? For(OpCase opCase, Subject subject)
    {
        if (!opCase.IsExactOnIntegers || !AreExact(opCase, subject))
        {
            return null;
        }

        CaseData data = opCase.Draw(ValueClass.Integers);
        return Fit(opCase, new Truth(opCase, data, subject), data, subject) ? data : null;
    }

    /// <summary>Some integers from −4 to 4.</summary>
    public static double[] Draw(Draws draws, int length) => [.. Enumerable.Range(0, length).Select(_ => draws.Real(ValueClass.Integers))];

    private static IEnumerable<string> Written(OpCase opCase) =>
        opCase.Operands.Where(o => opCase.Writes(o.Name) && o.Memory.ElementType != typeof(int)).Select(static o => o.Name);
}
