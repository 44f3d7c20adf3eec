using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Ops.Convolution;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Cpu;

namespace PropertyTests.Cpu;

/// <summary>Which convolutions are computed by Winograd's transforms, and that the laws about them look.</summary>
public sealed class WinogradTests
{
    private static readonly ConvolutionEntry[] s_ops = [ConvolutionEntry.Forward, ConvolutionEntry.BackwardData, ConvolutionEntry.BackwardFilter];

    [Theory]
    [InlineData(8, 8, 16, 16)]
    [InlineData(5, 9, 16, 48)]
    [InlineData(4, 4, 32, 16)]
    public void Transforms_are_exact_on_integers_that_they_can_divide(int h, int w, int c, int k)
    {
        ConvGeometry g = new(h, w, c, k, 3, 3, padding: new Border(1));
        using Subject subject = new Subject<float>(new CpuBackend<float>(1));
        foreach (ConvolutionEntry op in s_ops)
        {
            OpCase conv = op.Case(g, 1, seed: 7);
            Assert.Equal(4, subject.AccuracyOf(conv).WinogradTile);
            Assert.Equal(Verdict.Passed, ExactIntegersLaw.Small.Check(conv, subject).Verdict);
        }
    }

    [Theory]
    [InlineData(VectorPath.Scalar)]
    [InlineData(VectorPath.Vector128)]
    [InlineData(VectorPath.Vector512)]
    public void Every_vector_width_transforms_the_same_convolutions_within_their_bound(VectorPath path)
    {
        ConvGeometry g = new(6, 7, 16, 48, 3, 3, padding: new Border(0, 2, 1, 1));
        using Subject subject = new Subject<float>(new CpuBackend<float>(1, path));
        foreach (ConvolutionEntry op in s_ops)
        {
            OpCase conv = op.Case(g, 2, accumulate: true, seed: 3);
            Assert.Equal(4, subject.AccuracyOf(conv).WinogradTile);
            Assert.Equal(Verdict.Passed, ExactIntegersLaw.Small.Check(conv, subject).Verdict);
            LawOutcome bound = new BoundLaw().Check(conv, subject);
            Assert.True(bound.Verdict == Verdict.Passed, $"{bound}");
        }
    }

    [Fact]
    public void Geometry_and_element_type_alone_decide()
    {
        ConvGeometry yes = new(8, 8, 16, 16, 3, 3, padding: new Border(1));
        using Subject cpu = new Subject<float>(new CpuBackend<float>(1)), direct = new Subject<float>(new CpuBackend<float>(1, convolutions: ConvolutionAlgorithm.Direct));
        using Subject twice = new Subject<double>(new CpuBackend<double>(1));
        Assert.Equal(4, cpu.AccuracyOf(ConvolutionEntry.Forward.Case(yes, 1)).WinogradTile);
        Assert.Equal(4, cpu.AccuracyOf(ConvolutionEntry.Forward.Case(yes, 64)).WinogradTile);
        Assert.Equal(0, direct.AccuracyOf(ConvolutionEntry.Forward.Case(yes, 1)).WinogradTile);
        Assert.Equal(0, twice.AccuracyOf(ConvolutionEntry.Forward.Case(yes, 1)).WinogradTile);
        ConvGeometry[] no =
        [
            new(8, 8, 16, 24, 3, 3, padding: new Border(1)),
            new(8, 8, 3, 16, 3, 3, padding: new Border(1)),
            new(8, 8, 16, 16, 3, 3, (2, 2), new Border(1)),
            new(8, 8, 16, 16, 3, 3, padding: new Border(2), dilation: (2, 2)),
            new(8, 8, 32, 32, 3, 3, padding: new Border(1), groups: 2),
            new(8, 8, 16, 16, 3, 3, padding: new Border(1), mode: PaddingMode.Reflect),
            new(8, 8, 16, 16, 1, 1),
            new(3, 8, 16, 16, 3, 3, padding: new Border(1)),
        ];
        Assert.All(no, g => Assert.Equal(0, cpu.AccuracyOf(ConvolutionEntry.Forward.Case(g, 1)).WinogradTile));
    }
}
