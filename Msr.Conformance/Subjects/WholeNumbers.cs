using Msr.Conformance.Cases;
using Msr.Conformance.Ops;

namespace Msr.Conformance.Subjects;

/// <summary>Contents of small integers, on which sums of products are exact in any order and any precision.</summary>
internal static class WholeNumbers
{
    /// <summary>What every integer below is a number of float32.</summary>
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

        CaseData data = CaseData.Draw(opCase, ValueClass.Integers);
        return Fit(opCase, new Truth(opCase, data), data, subject) ? data : null;
    }

    /// <summary>Some integers from −4 to 4.</summary>
    public static double[] Draw(Draws draws, int length) => [.. Enumerable.Range(0, length).Select(_ => draws.Real(ValueClass.Integers))];

    private static IEnumerable<string> Written(OpCase opCase) =>
        CaseData.Operands(opCase).Where(o => opCase.Writes(o.Name) && o.Memory.ElementType != typeof(int)).Select(static o => o.Name);
}
