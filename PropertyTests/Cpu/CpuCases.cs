using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Ops.BatchNorm;
using Msr.Conformance.Ops.Convolution;
using Msr.Conformance.Ops.Loss;
using Msr.Core.Numerics;
using Msr.Core.Ops;

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

    /// <summary>Shortcuts and pools, forward and backward, of every remainder of channels.</summary>
    public static IEnumerable<OpCase> ShortcutsAndPools => Activations.Where(static opCase => opCase.Entry is PoolEntry or ShortcutEntry);

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
        MatMulEntry.Instance.Case(1 + (length % 9), length, Channels(length), accumulate: length % 2 == 0),
        MatMulEntry.Instance.Case(1 + (length % 9), length, Channels(length), transposeA: true),
        MatMulEntry.Instance.Case(1 + (length % 9), length, Channels(length), transposeB: true),
        MatMulEntry.Instance.Case(1 + (length % 9), length, Channels(length), transposeA: true, transposeB: true, accumulate: length % 2 == 1),
        BiasEntry.Add.Case(new Shape(length, Channels(length))),
        BiasEntry.Gradient.Case(new Shape(length, Channels(length)), accumulate: length % 2 == 1),
        SegmentMomentsEntry.Instance.Case(new Shape(length, Channels(length))),
        SquaredNormsEntry.Instance.Case(3, length),
        LossForwardEntry.Instance.Case(5, length, 100),
        LossBackwardEntry.Instance.Case(5, length, 100),
        CountCorrectEntry.Instance.Case(length, 5),
    });

    private static IEnumerable<OpCase> Activations => Lengths.SelectMany(static length => new[]
    {
        ElementwiseEntry.Fill.Case(new Shape(1, length)),
        ElementwiseEntry.Copy.Case(new Shape(1, length), accumulate: length % 2 == 1),
        ElementwiseEntry.Add.Case(new Shape(1, length)),
        ElementwiseEntry.Scale.Case(new Shape(1, length)),
        ElementwiseEntry.ReluForward.Case(new Shape(1, length)),
        ElementwiseEntry.ReluBackward.Case(new Shape(1, length), accumulate: length % 2 == 1),
        PoolEntry.MaxForward.Case(Pool(length)),
        PoolEntry.MaxBackward.Case([.. Pool(length), (OpCase.AccumulateKey, length % 2)]),
        PoolEntry.MeanForward.Case(Pool(length)),
        PoolEntry.MeanBackward.Case([.. Pool(length), (OpCase.AccumulateKey, length % 2)]),
        ShortcutEntry.Forward.Case(new ShortcutGeometry(7, 6, length, length + 5, 2, average: length % 2 == 0), 2),
        ShortcutEntry.Backward.Case(new ShortcutGeometry(7, 6, length, length + 5, 2, average: length % 2 == 0), 2, accumulate: length % 3 == 1),
        NoiseEntry.Instance.Case(new Shape(3, length, 1, Channels(length)), (NoiseDistribution)(length % 3), site: 4, key: 99),
        BatchNormEntry.Forward.Case(new Shape(length, Channels(length)), 3),
        BatchNormEntry.Inference.Case(new Shape(length, Channels(length)), 3),
        BatchNormEntry.Backward.Case(new Shape(length, Channels(length)), 3, ("statistics", 1 - (length % 2))),
    });

    private static IEnumerable<OpCase> Parameters => Lengths.SelectMany(static length => new[]
    {
        FilterScaleForwardEntry.Instance.Case(new Shape(5, 1, 1, length)),
        FilterScaleBackwardEntry.Instance.Case(new Shape(5, 1, 1, length)),
        IsoclineProjectEntry.Instance.Case(new Shape(3, 9, length)),
        IsoclineProjectEntry.Instance.Case(new Shape(3, length, 5), lambda: 75),
        NormAnchorEntry.Instance.Case(3, length, strength: 50),
        ClipFactorEntry.Instance.Case(length),
        SgdStepEntry.Instance.Case(length, new SgdSettings(length % 3 == 0 ? 0 : 0.875, length % 2 == 0, 0.0625, 2)),
        AdamDirectionEntry.Instance.Case(length, new AdamSettings(length % 3 == 0 ? 0 : 0.875, 0.998)),
    });

    /// <summary>More than one piece of work, so that several threads take part.</summary>
    public static IEnumerable<OpCase> LargerThanAPiece =>
    [
        ElementwiseEntry.Add.Case(new Shape(1, 40_003)),
        ElementwiseEntry.ReluForward.Case(new Shape(1, 40_003)),
        BiasEntry.Add.Case(new Shape(4100, 10)),
        BiasEntry.Gradient.Case(new Shape(4100, 10)),
        BiasEntry.Gradient.Case(new Shape(2100, 16), accumulate: true),
        SegmentMomentsEntry.Instance.Case(new Shape(5501, 3)),
        SquaredNormsEntry.Instance.Case(2, 40_003),
        BatchNormEntry.Forward.Case(new Shape(2500, 17), 3),
        MatMulEntry.Instance.Case(130, 70, 40, transposeB: true),
        MatMulEntry.Instance.Case(130, 300, 10, transposeA: true),
        SgdStepEntry.Instance.Case(40_003, new SgdSettings(0.875, Nesterov: true, 0.0625)),
        AdamDirectionEntry.Instance.Case(40_003, new AdamSettings()),
        IsoclineProjectEntry.Instance.Case(new Shape(200, 9, 17)),
    ];

    private static IEnumerable<int> Lengths => [.. Enumerable.Range(1, 20), .. Enumerable.Range(3, 7).Select(static i => (8 * i) + (i % 3) - 1), 64, 70];

    /// <summary>The three ops of a geometry.</summary>
    public static IEnumerable<OpCase> Passes(ConvGeometry g, int samples, bool accumulate) =>
    [
        ConvolutionEntry.Forward.Case(g, samples, accumulate),
        ConvolutionEntry.BackwardData.Case(g, samples, accumulate),
        ConvolutionEntry.BackwardFilter.Case(g, samples, accumulate),
    ];

    private static int Channels(int length) => s_channelCounts[length % s_channelCounts.Length];

    private static (string, int)[] Pool(int length) =>
    [
        ("batch", 2), ("channels", length), ("image.height", 7), ("image.width", 6), ("window.height", 3), ("window.width", 3), ("stride.height", 2), ("stride.width", 2), ("pad.height", 1), ("pad.width", 1),
        ("partial", length % 3 == 0 ? 1 : 0), ("count-padding", 1 - (length % 2)),
    ];
}
