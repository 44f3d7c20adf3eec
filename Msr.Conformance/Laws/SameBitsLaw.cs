using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>Laws that compare a run with another run of the same case, bit by bit.</summary>
internal abstract class SameBitsLaw : OpLaw
{
    public sealed override LawStrength Strength => LawStrength.Exact;

    /// <summary>The first difference between two results; none if there is none.</summary>
    public static string? Difference(CaseData one, CaseData other, string what)
    {
        foreach ((string operand, double[] values) in one.Reals)
        {
            double[] again = other.Reals[operand];
            for (int i = 0; i < values.Length; i++)
            {
                if (BitConverter.DoubleToInt64Bits(values[i]) != BitConverter.DoubleToInt64Bits(again[i]))
                {
                    return $"'{operand}'[{i}] is {values[i]:R}, but {again[i]:R} {what}";
                }
            }
        }

        foreach ((string operand, int[] values) in one.Integers)
        {
            int index = values.AsSpan().CommonPrefixLength(other.Integers[operand]);
            if (index < values.Length)
            {
                return $"'{operand}'[{index}] is {values[index]}, but {other.Integers[operand][index]} {what}";
            }
        }

        return null;
    }

    /// <summary>Whether a backend promises something to the last bit.</summary>
    protected static bool Promises(Subject subject, BitwiseGuarantees guarantee) => subject.Info.Bitwise.HasFlag(guarantee);
}
