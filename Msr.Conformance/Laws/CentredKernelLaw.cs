using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Laws;

/// <summary>
/// A kernel whose every slice has zero mean gives 0 on planes that are constant over space: in the interior where borders are zeros, everywhere
/// where they repeat or reflect. The gradient by the input does the same to constant upstream planes at stride 1. Exactly 0 on kernels of
/// integers; a centred kernel rounded to the element type has |Σ slice| ≤ (u + γ_{n+2}(2⁻⁵³))·Σ|w|, so |y| is below that times Σ|x||w| and the bound
/// of the op.
/// </summary>
internal sealed class CentredKernelLaw : ConvolutionLaw
{
    public override string Name => "centred-kernels-ignore-constants";

    public override string Statement => "A kernel of zero-mean slices gives 0 on spatially constant planes, wherever no padded zero is read.";

    public override LawStrength Strength => LawStrength.Theorem;

    protected override LawOutcome Check(ConvolutionCase conv, Subject subject)
    {
        ConvGeometry g = conv.Geometry;
        bool forward = conv is ConvForwardCase, backward = conv is ConvBackwardDataCase && g is { StrideH: 1, StrideW: 1 };
        if (g.Taps == 1 || !(forward || backward))
        {
            return LawOutcome.Skipped(g.Taps == 1 ? "a slice of one tap has no mean to lose" : "every tap must meet every element of the plane");
        }

        int[] places = [.. Interior(conv)];
        if (places.Length == 0)
        {
            return LawOutcome.Skipped("no window lies inside the plane");
        }

        return WholeKernels(conv, subject, places) is { Verdict: Verdict.Failed } broken ? broken : RealKernels(conv, subject, places);
    }

    /// <summary>Integers n·w − Σ w: slices sum to exactly 0.</summary>
    private static LawOutcome WholeKernels(ConvolutionCase conv, Subject subject, int[] places)
    {
        CaseData data = Constant(conv, CaseData.Draw(conv, ValueClass.Integers));
        data = data.With("w", Centred(conv.Geometry, data.Reals["w"], static (tap, sum, taps) => (taps * tap) - sum));
        if (!WholeNumbers.Fit(conv, new Truth(conv, data), data, subject))
        {
            return LawOutcome.Skipped("a sum of absolute products leaves the significand");
        }

        double[] result = Result(conv, subject, data);
        return Same(subject, "response to a constant", Array.ConvertAll(places, i => result[i]), new double[places.Length]);
    }

    private static LawOutcome RealKernels(ConvolutionCase conv, Subject subject, int[] places)
    {
        CaseData data = Constant(conv, CaseData.Draw(conv, ValueClass.Common));
        double[] centred = Centred(conv.Geometry, CaseData.Draw(conv, ValueClass.Normal).Reals["w"], static (tap, sum, taps) => tap - (sum / taps));
        data = data.With("w", Array.ConvertAll(centred, subject.Round));
        Truth truth = new(conv, data);
        Judge judge = new(subject);
        string operand = CaseData.Operands(conv).Single(o => conv.Writes(o.Name)).Name;
        double[] result = Result(conv, subject, data), bound = judge.TotalBound(conv, operand, truth), magnitude = truth.Magnitude(operand);
        double offIsocline = (1.001 * judge.Rounding.U) + Rounding.OfTruth.Gamma(conv.Geometry.Taps + 2);
        double[] allowed = Array.ConvertAll(places, i => bound[i] + (offIsocline * magnitude[i]));
        return judge.Compare("response to a constant", Array.ConvertAll(places, i => result[i]), new double[places.Length], allowed).Outcome;
    }

    /// <summary>The same contents with planes that hold their first element everywhere.</summary>
    private static CaseData Constant(ConvolutionCase conv, CaseData data)
    {
        (string planes, int channels, int plane) = conv is ConvForwardCase
            ? ("x", conv.Geometry.C, conv.Geometry.H * conv.Geometry.W)
            : ("dy", conv.Geometry.K, conv.Geometry.P * conv.Geometry.Q);
        double[] values = data.Reals[planes];
        return data.With(planes, [.. values.Select((_, i) => values[(i / (plane * channels) * plane * channels) + (i % channels)])]);
    }

    private static double[] Centred(ConvGeometry g, double[] w, Func<double, double, int, double> centre)
    {
        double[] centred = new double[w.Length];
        for (int i = 0; i < w.Length; i++)
        {
            int first = (i / (g.Taps * g.GroupC) * g.Taps * g.GroupC) + (i % g.GroupC);
            double sum = 0;
            for (int tap = 0; tap < g.Taps; tap++)
            {
                sum += w[first + (tap * g.GroupC)];
            }

            centred[i] = centre(w[i], sum, g.Taps);
        }

        return centred;
    }

    /// <summary>Results that read every tap and no padded zero.</summary>
    private static IEnumerable<int> Interior(ConvolutionCase conv)
    {
        ConvGeometry g = conv.Geometry;
        bool forward = conv is ConvForwardCase;
        (int h, int w, int c) = forward ? (g.P, g.Q, g.K) : (g.H, g.W, g.C);
        return Enumerable.Range(0, conv.N * h * w * c).Where(i =>
        {
            (int row, int column) = (i / (w * c) % h, i / c % w);
            return forward
                ? g.Mode != PaddingMode.Zero || (conv.Windows!.Value.Rows.IsInside(row) && conv.Windows!.Value.Columns.IsInside(column))
                : g.Mode == PaddingMode.Zero && Covers(row, g.Padding.Top, g.R, g.DilationH, g.P) && Covers(column, g.Padding.Left, g.S, g.DilationW, g.Q);
        });
    }

    /// <summary>Whether every tap of some output row meets an input row, at stride 1.</summary>
    private static bool Covers(int element, int before, int taps, int dilation, int outputs) =>
        Enumerable.Range(0, taps).All(tap => element + before - (tap * dilation) is var output && output >= 0 && output < outputs);
}
