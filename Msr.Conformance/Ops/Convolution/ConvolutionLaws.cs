using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Ops.Convolution;

/// <summary>Laws of convolutions beside those of every op.</summary>
internal static class ConvolutionLaws
{
    /// <summary>All of them; each says itself which of the three convolutions it looks at.</summary>
    public static IReadOnlyList<Law> All { get; } = [new SeparateGroupsLaw(), new PointwiseProductLaw(), new PaddedPlaneLaw(), new CentredKernelLaw()];
}

/// <summary>A law of the three convolutions.</summary>
internal abstract class ConvolutionLaw : OpLaw
{
    public override LawStrength Strength => LawStrength.Exact;

    public sealed override LawOutcome Check(OpCase opCase, Subject subject) => Check((ConvolutionCase)opCase.Writing, subject);

    /// <summary>Checks a case that does not accumulate.</summary>
    protected abstract LawOutcome Check(ConvolutionCase conv, Subject subject);

    /// <summary>The one result of a case on some contents.</summary>
    protected static double[] Result(OpCase opCase, Subject subject, CaseData data) =>
        subject.Run(opCase, data).Outputs.Reals.Single(pair => opCase.Writes(pair.Key)).Value;

    /// <summary>The verdict on a result that must be another one exactly.</summary>
    protected static LawOutcome Same(Subject subject, string operand, double[] got, double[] expected) =>
        new Judge(subject).Compare(operand, got, expected, new double[got.Length]).Outcome;
}

/// <summary>A grouped convolution is one convolution per group on the group's channels; exact on integers.</summary>
internal sealed class SeparateGroupsLaw : ConvolutionLaw
{
    public override string Name => "groups-are-separate";

    public override string Statement => "A grouped convolution is one convolution per group, each on its own channels; exact on integers.";

    protected override LawOutcome Check(ConvolutionCase conv, Subject subject)
    {
        ConvGeometry g = conv.Geometry;
        if (g.Groups == 1)
        {
            return LawOutcome.Skipped("there is one group");
        }

        if (WholeNumbers.For(conv, subject) is not { } data)
        {
            return LawOutcome.Skipped("a sum of absolute products leaves the significand");
        }

        ParameterSet single = conv.Parameters.With("groups", 1).With("in", g.GroupC).With("out", g.GroupK);
        OpCase part = (OpCase)conv.Entry.Create(conv.Descriptor with { Parameters = single });
        if (!WholeNumbers.AreExact(part, subject))
        {
            return LawOutcome.Skipped(WholeNumbers.Transformed);
        }

        string result = conv.Operands.Single(operand => conv.Writes(operand.Name)).Name;
        double[] whole = Result(conv, subject, data);
        for (int group = 0; group < g.Groups; group++)
        {
            CaseData own = new();
            foreach ((string operand, double[] values) in data.Reals)
            {
                own.Reals[operand] = OfGroup(operand, values, g, group);
            }

            LawOutcome outcome = Same(subject, $"{result} of group {group}", OfGroup(result, whole, g, group), Result(part, subject, own));
            if (outcome.Verdict == Verdict.Failed)
            {
                return outcome;
            }
        }

        return LawOutcome.Passed;
    }

    private static double[] OfGroup(string operand, double[] values, ConvGeometry g, int group) => operand switch
    {
        "x" or "dx" => Planes.Channels(values, g.C, group * g.GroupC, g.GroupC),
        "y" or "dy" => Planes.Channels(values, g.K, group * g.GroupK, g.GroupK),
        _ => values[(group * values.Length / g.Groups)..((group + 1) * values.Length / g.Groups)],
    };
}

/// <summary>
/// A convolution with filters of one tap is a matrix product of [n·h·w, c] and [k, c]: y = x·wᵀ, dx = dy·w, dw = dyᵀ·x. It is looked at on the
/// samples, planes and channels of the case; exact on integers.
/// </summary>
internal sealed class PointwiseProductLaw : ConvolutionLaw
{
    private const int LargestPlane = 8;

    public override string Name => "one-by-one-is-matmul";

    public override string Statement => "A convolution with filters of one tap is a matrix product; exact on integers.";

    protected override LawOutcome Check(ConvolutionCase conv, Subject subject)
    {
        ConvGeometry of = conv.Geometry;
        ConvGeometry g = new(Math.Min(of.H, LargestPlane), Math.Min(of.W, LargestPlane), of.C, of.K, 1, 1);
        OpCase pointwise = ((ConvolutionEntry)conv.Entry).Case(g, conv.N, seed: conv.Descriptor.Seed);
        (OpCase product, string left, string right) = conv.AsProduct(g, conv.N * g.H * g.W);
        if (!subject.Supports(product))
        {
            return LawOutcome.Skipped("the backend has no matrix product");
        }

        CaseData data = pointwise.Draw(ValueClass.Integers);
        CaseData factors = new() { Reals = { ["a"] = data.Reals[left], ["b"] = data.Reals[right] } };
        return Same(subject, $"{g} n{conv.N}", Result(pointwise, subject, data), Result(product, subject, factors));
    }
}

/// <summary>
/// A convolution with padding of any mode is the convolution without padding of the plane whose border is made explicit; its gradient by the
/// input adds what lies in the border to the elements that the border was made from. Exact on integers.
/// </summary>
internal sealed class PaddedPlaneLaw : ConvolutionLaw
{
    public override string Name => "padding-is-a-larger-plane";

    public override string Statement => "Padding of any mode equals a convolution of the explicitly padded plane; exact on integers.";

    protected override LawOutcome Check(ConvolutionCase conv, Subject subject)
    {
        ConvGeometry g = conv.Geometry;
        if (g.Padding == default)
        {
            return LawOutcome.Skipped("there is no padding");
        }

        if (WholeNumbers.For(conv, subject) is not { } data)
        {
            return LawOutcome.Skipped("a sum of absolute products leaves the significand");
        }

        ConvGeometry plain = new(
            g.H + g.Padding.Top + g.Padding.Bottom, g.W + g.Padding.Left + g.Padding.Right, g.C, g.K, g.R, g.S,
            (g.StrideH, g.StrideW), default, (g.DilationH, g.DilationW), g.Groups);
        OpCase larger = ((ConvolutionEntry)conv.Entry).Case(plain, conv.N);
        if (!WholeNumbers.AreExact(larger, subject))
        {
            return LawOutcome.Skipped(WholeNumbers.Transformed);
        }

        CaseData padded = data.Reals.TryGetValue("x", out double[]? x) ? data.With("x", Planes.Pad(x, g)) : data;
        double[] result = Result(larger, subject, padded);
        return Same(subject, $"{g}", Result(conv, subject, data), conv is ConvBackwardDataCase ? Planes.Fold(result, g) : result);
    }
}

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
        CaseData data = Constant(conv, conv.Draw(ValueClass.Integers));
        data = data.With("w", Centred(conv.Geometry, data.Reals["w"], static (tap, sum, taps) => (taps * tap) - sum));
        if (!WholeNumbers.Fit(conv, new Truth(conv, data, subject), data, subject))
        {
            return LawOutcome.Skipped("a sum of absolute products leaves the significand");
        }

        double[] result = Result(conv, subject, data);
        return Same(subject, "response to a constant", Array.ConvertAll(places, i => result[i]), new double[places.Length]);
    }

    private static LawOutcome RealKernels(ConvolutionCase conv, Subject subject, int[] places)
    {
        CaseData data = Constant(conv, conv.Draw(ValueClass.Common));
        double[] drawn = conv.Draw(ValueClass.Normal).Reals["w"], centred = Centred(conv.Geometry, drawn, static (tap, sum, taps) => tap - (sum / taps));
        data = data.With("w", Array.ConvertAll(centred, subject.Round));
        Truth truth = new(conv, data, subject);
        Judge judge = new(subject);
        string operand = conv.Operands.Single(o => conv.Writes(o.Name)).Name;
        double[] result = Result(conv, subject, data), bound = judge.TotalBound(conv, operand, truth), magnitude = truth.Magnitude(operand);

        // Taps that are nearly equal cancel: what centring errs by is relative to the taps before it.
        double[] before = new Truth(conv, data.With("w", drawn), subject).Magnitude(operand);
        (double rounding, double centring) = (1.001 * judge.Rounding.U, Rounding.OfTruth.Gamma(conv.Geometry.Taps + 3));
        double[] allowed = Array.ConvertAll(places, i => bound[i] + (rounding * magnitude[i]) + (centring * before[i]));
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
