using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Laws;

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
