using Msr.Conformance.Cases;
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

/// <summary>The same op on the same contents gives the same bits again, whatever else ran between.</summary>
internal sealed class BitwiseRepeatLaw : SameBitsLaw
{
    public override string Name => "bitwise-repeat";

    public override string Statement => "The same op on the same contents gives the same bits again.";

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (!Promises(subject, BitwiseGuarantees.Repeat))
        {
            return LawOutcome.Skipped("the backend does not promise it");
        }

        return LawOutcome.FailedIf(Difference(opCase.RunOn(subject).Outputs, subject.Run(opCase, opCase.Data).Outputs, "when run again"));
    }
}

/// <summary>Bits do not depend on the number of threads.</summary>
internal sealed class AnyThreadCountLaw : SameBitsLaw
{
    private const int MostThreads = 5;

    public override string Name => "any-thread-count";

    public override string Statement => "Bits do not depend on the number of threads.";

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (!Promises(subject, BitwiseGuarantees.ThreadCount))
        {
            return LawOutcome.Skipped("the backend does not promise it");
        }

        // One other number a case: all of them come up within a few cases.
        int threads = 1 + (int)(opCase.Descriptor.Seed % MostThreads);
        return subject.WithThreads(threads) is { } threaded
            ? LawOutcome.FailedIf(Difference(opCase.RunOn(subject).Outputs, threaded.Run(opCase, opCase.Data).Outputs, $"on {threads} threads"))
            : LawOutcome.Skipped("the number of threads cannot be chosen");
    }
}

/// <summary>An elementwise op may write exactly over an operand it reads.</summary>
internal sealed class InPlaceLaw : SameBitsLaw
{
    public override string Name => "in-place";

    public override string Statement => "An elementwise op that writes over an input gives the bits that it gives apart from it.";

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        (string Source, string Destination)[] pairs = [.. opCase.InPlace];
        if (pairs.Length == 0)
        {
            return LawOutcome.Skipped("the op may not work in place");
        }

        foreach ((string source, string destination) in pairs)
        {
            CaseData apart = opCase.RunOn(subject).Outputs;
            CaseData inPlace = subject.Run(opCase, opCase.Data, new RunOptions(7, source, destination)).Outputs;
            double[] expected = apart.Reals[destination], got = inPlace.Reals[source];
            for (int i = 0; i < got.Length; i++)
            {
                if (BitConverter.DoubleToInt64Bits(got[i]) != BitConverter.DoubleToInt64Bits(expected[i]))
                {
                    return LawOutcome.Failed($"'{destination}'[{i}] is {expected[i]:R}, but {got[i]:R} over '{source}'");
                }
            }
        }

        return LawOutcome.Passed;
    }
}

/// <summary>
/// Two backends that run the same kernels give the same bits: a device and the machine that emulates it. It is no law of arithmetic, and holds
/// for no kind whose products a library computes.
/// </summary>
/// <param name="other">The backend to compare with, which the caller disposes of.</param>
public sealed class SameBitsAsLaw(Subject other) : OpLaw
{
    private readonly Lock _oneAtATime = new();

    /// <inheritdoc/>
    public override string Name => "same-bits-as";

    /// <inheritdoc/>
    public override string Statement => "Another backend that runs the same kernels gives the same bits.";

    /// <inheritdoc/>
    public override LawStrength Strength => LawStrength.Exact;

    /// <inheritdoc/>
    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        ArgumentNullException.ThrowIfNull(opCase);
        ArgumentNullException.ThrowIfNull(subject);
        lock (_oneAtATime)
        {
            return other.Supports(opCase)
                ? LawOutcome.FailedIf(SameBitsLaw.Difference(opCase.RunOn(subject).Outputs, other.Run(opCase, opCase.Data).Outputs, $"on {other}"))
                : LawOutcome.Skipped($"{other} does not support it");
        }
    }
}
