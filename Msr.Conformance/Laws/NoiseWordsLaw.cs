using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Laws;

/// <summary>
/// On ones at strength 1 uniform and shifting noise give 1 + z = m·2⁻²³ exactly, m the upper 24 bits of the first Philox word of (step, site,
/// sample, channel): the integers themselves are read off. Gaussian noise is compared with 1 + √(−2·ln u₀)·cos 2πu₁ within the bound of the op.
/// </summary>
internal sealed class NoiseWordsLaw : OpLaw
{
    private const double Grid = 1.0 / (1 << 24);

    public override string Name => "noise-words";

    public override string Statement => "The integers behind noise are the Philox4x32-10 words of (step, site, sample, channel) and key.";

    public override LawStrength Strength => LawStrength.Exact;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        NoiseSettings settings = NoiseEntry.Settings(opCase.Parameters);
        double[] x = new double[opCase.Data.Reals["x"].Length];
        x.AsSpan().Fill(1);
        CaseData data = CaseData.Draw(opCase, ValueClass.Normal).With("x", x).With("strength", [1]);
        double[] got = subject.Run(opCase, data).Outputs.Reals["y"], expected = new double[x.Length], allowed = new double[x.Length];
        double[] bound = new Judge(subject).TotalBound(opCase, "y", new Truth(opCase, data));
        int channels = opCase.Parameters["c"], perSample = x.Length / opCase.Parameters["n"];
        for (int i = 0; i < x.Length; i++)
        {
            int sample = data.Integers["samples"][i / perSample];
            (uint a, uint b, _, _) = Philox4x32.Draw((uint)data.Integers["step"][0], (uint)settings.Site, (uint)sample, (uint)(i % channels), settings.Key);
            bool gaussian = settings.Distribution == NoiseDistribution.Gaussian;
            expected[i] = gaussian
                ? 1 + (Math.Sqrt(-2 * Math.Log(((a >> 8) + 1) * Grid)) * Math.Cos(2 * Math.PI * ((b >> 8) * Grid)))
                : (a >> 8) * (2 * Grid);

            // This line's own arithmetic is that of the definition, in another order at most.
            allowed[i] = gaussian ? bound[i] + Rounding.OfTruth.Gamma(60) : 0;
        }

        return new Judge(subject).Compare("y", got, expected, allowed).Outcome;
    }
}
