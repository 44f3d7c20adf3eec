using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Numerics;

namespace Msr.Conformance.Laws;

/// <summary>
/// What the norm anchor adds is the slope of strength·(‖w‖ − 1)² per row. Truncation: (r − 1)² = r² − 2r + 1 and |r‴| ≤ 1.155/r², r moving by h at
/// most. Rounding of the two penalties: (γ_{L+12}·(‖w‖ + 2)²)·strength/h.
/// </summary>
internal sealed class AnchorGradientLaw : OpLaw
{
    private const double Width = 1.0 / 8192;
    private const int Elements = 6;
    private const double LeastNorm = 0.01;

    public override string Name => "anchor-is-a-gradient";

    public override string Statement => "The norm anchor adds the gradient of strength·Σ(‖row‖ − 1)².";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (subject.Info.Accuracy != Accuracy.Double)
        {
            return LawOutcome.Skipped("differences need float64");
        }

        CaseData data = CaseData.Draw(opCase, ValueClass.Normal);
        double[] w = data.Reals["w"], g = data.Reals["g"], got = subject.Run(opCase, data).Outputs.Reals["g"];
        double[] own = new Judge(subject).TotalBound(opCase, "g", new Truth(opCase, data));
        double strength = NormAnchorEntry.StrengthOf(opCase.Parameters);
        Judge judge = new(subject);
        Draws draws = new(new RandomStream(opCase.Descriptor.Seed).Split("elements"));
        int length = opCase.Parameters["l"];
        foreach (int element in Enumerable.Range(0, Elements).Select(_ => draws.Between(0, w.Length - 1)).Distinct())
        {
            double[] row = w[(element / length * length)..((element / length * length) + length)];
            double norm = Norm(row, 0, 0);
            if (norm < LeastNorm)
            {
                continue;
            }

            double Penalty(double t) => strength * Math.Pow(Norm(row, element % length, t) - 1, 2);
            double difference = (Penalty(Width) - Penalty(-Width)) / (2 * Width);
            double truncation = Width * Width / 6 * strength * 2 * 1.155 / Math.Pow(norm - Width, 2);
            double rounding = Rounding.OfTruth.Gamma(length + 12) * strength * (norm + 2) * (norm + 2) / Width;
            judge.Compare($"g[{element}]", [got[element]], [g[element] + difference], [truncation + rounding + own[element]]);
        }

        return judge.Outcome;
    }

    private static double Norm(double[] row, int element, double t) =>
        Math.Sqrt(row.Select((value, i) => i == element ? value + t : value).Sum(static value => value * value));
}
