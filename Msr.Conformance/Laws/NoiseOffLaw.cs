using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>Noise of strength 0 is no noise: what evaluation computes is what training would compute without it, bit for bit.</summary>
internal sealed class NoiseOffLaw : OpLaw
{
    public override string Name => "noise-off";

    public override string Statement => "With strength 0 the result is the input, to the last bit and to the sign of a zero.";

    public override LawStrength Strength => LawStrength.Exact;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        CaseData data = CaseData.Draw(opCase, ValueClass.Zeros).With("strength", [0]);
        double[] x = data.Reals["x"], y = subject.Run(opCase, data).Outputs.Reals["y"];
        for (int i = 0; i < x.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(x[i]) != BitConverter.DoubleToInt64Bits(y[i]))
            {
                return LawOutcome.Failed($"'y'[{i}] is {y[i]:R} with strength 0, but 'x'[{i}] is {x[i]:R}");
            }
        }

        return LawOutcome.Passed;
    }
}
