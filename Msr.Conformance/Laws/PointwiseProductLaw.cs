using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Laws;

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
        int rows = conv.N * g.H * g.W;
        OpCase pointwise = ((ConvolutionEntry)conv.Entry).Case(g, conv.N, seed: conv.Descriptor.Seed);
        (OpCase product, string left, string right) = conv switch
        {
            ConvForwardCase => (MatMulEntry.Instance.Case(rows, g.C, g.K, transposeB: true), "x", "w"),
            ConvBackwardDataCase => (MatMulEntry.Instance.Case(rows, g.K, g.C), "dy", "w"),
            _ => (MatMulEntry.Instance.Case(g.K, rows, g.C, transposeA: true), "dy", "x"),
        };
        if (!subject.Supports(product))
        {
            return LawOutcome.Skipped("the backend has no matrix product");
        }

        CaseData data = CaseData.Draw(pointwise, ValueClass.Integers);
        CaseData factors = new() { Reals = { ["a"] = data.Reals[left], ["b"] = data.Reals[right] } };
        return Same(subject, $"{g} n{conv.N}", Result(pointwise, subject, data), Result(product, subject, factors));
    }
}
