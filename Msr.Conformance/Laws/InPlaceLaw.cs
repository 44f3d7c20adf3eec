using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>An elementwise op may write exactly over an operand it reads.</summary>
internal sealed class InPlaceLaw : SameBitsLaw
{
    public override string Name => "in-place";

    public override string Statement => "An elementwise op that writes over an input gives the bits that it gives apart from it.";

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (opCase.InPlace.Count == 0)
        {
            return LawOutcome.Skipped("the op may not work in place");
        }

        foreach ((string source, string destination) in opCase.InPlace)
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
