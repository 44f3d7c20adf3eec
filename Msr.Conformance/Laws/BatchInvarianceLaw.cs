using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>
/// The result of a sample depends on that sample alone: batches of 1, 2, 3, … samples give what all give together. To the last bit where the
/// backend promises it; elsewhere both are within the bound of the truth, so within twice the bound of each other.
/// </summary>
internal sealed class BatchInvarianceLaw : OpLaw
{
    public override string Name => "batch-invariance";

    public override string Statement => "The result of a sample does not depend on the other samples of its batch, nor on their number.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (opCase.SampleParameter is not { } parameter)
        {
            return LawOutcome.Skipped("samples meet in the op");
        }

        int samples = opCase.Parameters[parameter];
        if (samples == 1)
        {
            return LawOutcome.Skipped("there is one sample");
        }

        CaseData whole = opCase.RunOn(subject).Outputs;
        bool bitwise = subject.Info.Bitwise.HasFlag(BitwiseGuarantees.Batch);
        Judge judge = new(subject);
        for (int first = 0, count = 1; first < samples; first += count, count++)
        {
            count = Math.Min(count, samples - first);
            CaseData part = subject.Run(opCase.With(parameter, count), Samples(opCase, opCase.Data, first, count, samples)).Outputs;
            CaseData expected = Samples(opCase, whole, first, count, samples);
            if (bitwise && SameBitsLaw.Difference(expected, part, $"in a batch of {count} from sample {first}") is { } difference)
            {
                return LawOutcome.Failed(difference);
            }

            Compare(opCase, subject, judge, part, expected, (first, count, samples));
        }

        return judge.Outcome;
    }

    private static void Compare(OpCase opCase, Subject subject, Judge judge, CaseData part, CaseData expected, (int First, int Count, int Samples) place)
    {
        foreach ((string operand, double[] values) in part.Reals.Where(pair => opCase.Writes(pair.Key)))
        {
            double[] bound = Slice(judge.TotalBound(opCase, operand, opCase.TruthFor(subject)), place);
            judge.Compare(operand, values, expected.Reals[operand], Array.ConvertAll(bound, static error => 2 * error));
        }

        foreach ((string operand, int[] values) in part.Integers.Where(pair => opCase.Writes(pair.Key)))
        {
            judge.Compare(
                operand, Array.ConvertAll(values, Convert.ToDouble), Array.ConvertAll(expected.Integers[operand], Convert.ToDouble), new double[values.Length]);
        }
    }

    private static CaseData Samples(OpCase opCase, CaseData data, int first, int count, int samples)
    {
        CaseData part = new();
        foreach ((string operand, double[] values) in data.Reals)
        {
            part.Reals[operand] = opCase.IsPerSample(operand) ? Slice(values, (first, count, samples)) : values;
        }

        foreach ((string operand, int[] values) in data.Integers)
        {
            part.Integers[operand] = opCase.IsPerSample(operand) ? Slice(values, (first, count, samples)) : values;
        }

        return part;
    }

    private static E[] Slice<E>(E[] values, (int First, int Count, int Samples) place)
    {
        int each = values.Length / place.Samples;
        return values[(place.First * each)..((place.First + place.Count) * each)];
    }
}
