using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>Noise of strength 0 is a copy: −0, denormals and all.</summary>
internal sealed class SilentNoiseLaw : OpLaw
{
    public override string Name => "noise-of-strength-0-is-silent";

    public override string Statement => "Noise of strength 0 changes no bit.";

    public override LawStrength Strength => LawStrength.Exact;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        double[] x = [.. opCase.Data.Reals["x"]];
        x[^1] = -0.0;
        double[] y = subject.Run(opCase, opCase.Data.With("x", x).With("strength", [0])).Outputs.Reals["y"];
        for (int i = 0; i < x.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(y[i]) != BitConverter.DoubleToInt64Bits(subject.Round(x[i])))
            {
                return LawOutcome.Failed($"'y'[{i}] is {y[i]:R} without noise, but x is {x[i]:R}");
            }
        }

        return LawOutcome.Passed;
    }
}
