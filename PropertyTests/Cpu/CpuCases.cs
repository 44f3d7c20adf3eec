using Msr.Core.Numerics;
using Msr.Core.Ops;
using PropertyTests.Ops;

namespace PropertyTests.Cpu;

/// <summary>Cases that lead a vectorised backend into every remainder: channel counts around the widths of vectors, lengths up to 70, odd borders.</summary>
internal static class CpuCases
{
    private static readonly int[] s_channelCounts = [1, 3, 5, 8, 10, 16, 17, 32];

    /// <summary>All of them.</summary>
    public static IEnumerable<OpCase> All => [.. Convolutions, .. Dense, .. Activations, .. Parameters, .. LargerThanAPiece];

    /// <summary>A fifth of them. Five shares no factor with the number of ops of a family, so every op is among them.</summary>
    public static IEnumerable<OpCase> Sample => All.Where(static (_, i) => i % 5 == 0);

    /// <summary>Every stride, dilation, group, padding and channel remainder, forward and backward, written and added.</summary>
    public static IEnumerable<OpCase> Convolutions => Geometries.SelectMany(static (g, i) => Passes(g, 1 + (i % 3), accumulate: i % 2 == 1));

    /// <summary>Geometries of <see cref="Convolutions"/>.</summary>
    public static IEnumerable<ConvGeometry> Geometries => [.. ChannelGeometries, .. StridedGeometries, .. OddGeometries, .. BorderGeometries];

    private static IEnumerable<ConvGeometry> ChannelGeometries =>
        s_channelCounts.SelectMany(static c => s_channelCounts.Select(k => new ConvGeometry(5, 6, c, k, 3, 3, padding: new Border(1))));

    private static IEnumerable<ConvGeometry> StridedGeometries =>
    [
        new(7, 9, 5, 10, 3, 3, stride: (2, 2), padding: new Border(1)),
        new(8, 8, 16, 32, 3, 3, stride: (2, 2), padding: new Border(1)),
        new(11, 10, 3, 17, 3, 2, stride: (3, 2), padding: new Border(0, 1, 2, 1)),
        new(11, 13, 3, 5, 2, 2, stride: (3, 3)),
        new(9, 9, 8, 16, 1, 1, stride: (2, 2)),
        new(13, 12, 3, 5, 3, 3, stride: (2, 3), padding: new Border(3, 2, 3, 2), dilation: (3, 2)),
        new(13, 12, 3, 5, 3, 3, stride: (2, 2), padding: new Border(2), dilation: (2, 2)),
        new(8, 8, 10, 30, 3, 3, stride: (2, 2), padding: new Border(1), groups: 5),
    ];

    private static IEnumerable<ConvGeometry> OddGeometries =>
    [
        new(9, 8, 17, 8, 1, 1),
        new(1, 1, 3, 5, 3, 3, padding: new Border(1)),
        new(4, 5, 3, 3, 3, 3, padding: new Border(5, 4, 3, 6)),
        new(9, 11, 5, 3, 3, 3, padding: new Border(2, 3, 1, 0), dilation: (2, 3)),
        new(6, 7, 8, 16, 3, 3, padding: new Border(1), groups: 4),
        new(6, 7, 10, 10, 3, 3, padding: new Border(1), groups: 10),
        new(3, 3, 300, 20, 3, 3, padding: new Border(1)), // runs longer than one part of the filters
        new(40, 33, 3, 16, 5, 5, padding: new Border(2)), // several bands
        new(33, 12, 16, 16, 3, 3, padding: new Border(1)),
    ];

    private static IEnumerable<ConvGeometry> BorderGeometries => new[] { PaddingMode.Replicate, PaddingMode.Reflect }.SelectMany(static mode => new ConvGeometry[]
    {
        new(5, 6, 3, 10, 3, 3, padding: new Border(1), mode: mode),
        new(9, 7, 8, 5, 3, 3, stride: (2, 2), padding: new Border(1, 0, 2, 1), mode: mode),
        new(9, 8, 4, 6, 3, 3, stride: (2, 1), padding: new Border(2, 3, 1, 2), dilation: (2, 2), groups: 2, mode: mode),
    });

    private static IEnumerable<OpCase> Dense => Lengths.SelectMany(static length => new[]
    {
        DenseCases.MatMul(1 + (length % 9), length, Channels(length), transposeA: false, transposeB: false, accumulate: length % 2 == 0),
        DenseCases.MatMul(1 + (length % 9), length, Channels(length), transposeA: true, transposeB: false),
        DenseCases.MatMul(1 + (length % 9), length, Channels(length), transposeA: false, transposeB: true),
        DenseCases.MatMul(1 + (length % 9), length, Channels(length), transposeA: true, transposeB: true, accumulate: length % 2 == 1),
        DenseCases.BiasAdd(new Shape(length, Channels(length))),
        DenseCases.BiasGradient(new Shape(length, Channels(length)), accumulate: length % 2 == 1),
        ReductionCases.Moments(new Shape(length, Channels(length))),
        ReductionCases.SquaredNorms(3, length),
        LossCases.Forward(5, length, 0.1),
        LossCases.Backward(5, length, 0.1),
        LossCases.CountCorrect(length, 5),
    });

    private static IEnumerable<OpCase> Activations => Lengths.SelectMany(static length => new[]
    {
        ElementwiseCases.Fill(new Shape(length)),
        ElementwiseCases.Copy(new Shape(length), accumulate: length % 2 == 1),
        ElementwiseCases.Add(new Shape(length)),
        ElementwiseCases.Scale(new Shape(length)),
        ElementwiseCases.ReluForward(new Shape(length)),
        ElementwiseCases.ReluBackward(new Shape(length), accumulate: length % 2 == 1),
        PoolCases.MaxForward(Pool(length), 2),
        PoolCases.MaxBackward(Pool(length), 2, accumulate: length % 2 == 1),
        PoolCases.MeanForward(Pool(length), 2),
        PoolCases.MeanBackward(Pool(length), 2, accumulate: length % 2 == 1),
        ShortcutCases.Forward(new ShortcutGeometry(7, 6, length, length + 5, 2, average: length % 2 == 0), 2),
        ShortcutCases.Backward(new ShortcutGeometry(7, 6, length, length + 5, 2, average: length % 2 == 0), 2, accumulate: length % 3 == 1),
        NoiseCases.Apply(new Shape(3, length, Channels(length)), new NoiseSettings((NoiseDistribution)(length % 3), 4, 99)),
        BatchNormCases.Forward(new Shape(length, Channels(length)), 0.1, 1e-3),
        BatchNormCases.Inference(new Shape(length, Channels(length)), 1e-3),
        BatchNormCases.Backward(new Shape(length, Channels(length)), 1e-3, fixedStatistics: length % 2 == 0),
    });

    private static IEnumerable<OpCase> Parameters => Lengths.SelectMany(static length => new[]
    {
        FilterCases.ScaleForward(new Shape(5, length)),
        FilterCases.ScaleBackward(new Shape(5, length)),
        FilterCases.Project(new Shape(3, 9, length), 1),
        FilterCases.Project(new Shape(3, length, 5), 0.75),
        FilterCases.Anchor(3, length, 0.5),
        OptimizerCases.SgdStep(length, new SgdSettings(length % 3 == 0 ? 0 : 0.875, length % 2 == 0, 0.0625, 2)),
    });

    /// <summary>More than one piece of work, so that several threads take part.</summary>
    public static IEnumerable<OpCase> LargerThanAPiece =>
    [
        ElementwiseCases.Add(new Shape(40_003)),
        ElementwiseCases.ReluForward(new Shape(40_003)),
        DenseCases.BiasAdd(new Shape(4100, 10)),
        DenseCases.BiasGradient(new Shape(4100, 10)),
        DenseCases.BiasGradient(new Shape(2100, 16), accumulate: true),
        ReductionCases.Moments(new Shape(5501, 3)),
        ReductionCases.SquaredNorms(2, 40_003),
        BatchNormCases.Forward(new Shape(2500, 17), 0.1, 1e-3),
        DenseCases.MatMul(130, 70, 40, transposeA: false, transposeB: true),
        DenseCases.MatMul(130, 300, 10, transposeA: true, transposeB: false),
        OptimizerCases.SgdStep(40_003, new SgdSettings(0.875, Nesterov: true, 0.0625)),
        FilterCases.Project(new Shape(200, 9, 17), 1),
    ];

    private static IEnumerable<int> Lengths => [.. Enumerable.Range(1, 20), .. Enumerable.Range(3, 7).Select(static i => (8 * i) + (i % 3) - 1), 64, 70];

    /// <summary>The three ops of a geometry.</summary>
    public static IEnumerable<OpCase> Passes(ConvGeometry g, int samples, bool accumulate) =>
    [
        ConvolutionCases.Forward(g, samples, accumulate),
        ConvolutionCases.BackwardData(g, samples, accumulate),
        ConvolutionCases.BackwardFilter(g, samples, accumulate),
    ];

    private static int Channels(int length) => s_channelCounts[length % s_channelCounts.Length];

    private static PoolGeometry Pool(int length) =>
        new(7, 6, length, (3, 3), (2, 2), (1, 1), ceiling: length % 3 == 0, countPadding: length % 2 == 0);
}
