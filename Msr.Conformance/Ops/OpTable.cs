
namespace Msr.Conformance.Ops;

/// <summary>The op table: one entry per kind of op. A test proves that no kind is missing.</summary>
public static class OpTable
{
    /// <summary>All entries, by name.</summary>
    public static IReadOnlyList<OpEntry> All { get; } =
    [
        .. new OpEntry[]
        {
            ElementwiseEntry.Fill, ElementwiseEntry.Copy, ElementwiseEntry.Add, ElementwiseEntry.Scale,
            ElementwiseEntry.ReluForward, ElementwiseEntry.ReluBackward,
            MatMulEntry.Instance,
            ConvolutionEntry.Forward, ConvolutionEntry.BackwardData, ConvolutionEntry.BackwardFilter,
            BiasEntry.Add, BiasEntry.Gradient,
            PoolEntry.MaxForward, PoolEntry.MaxBackward, PoolEntry.MeanForward, PoolEntry.MeanBackward,
            ShortcutEntry.Forward, ShortcutEntry.Backward,
            NoiseEntry.Instance,
            BatchNormEntry.Forward, BatchNormEntry.Backward, BatchNormEntry.Inference,
            LossForwardEntry.Instance, LossBackwardEntry.Instance, CountCorrectEntry.Instance,
            SegmentMomentsEntry.Instance, SquaredNormsEntry.Instance,
            FilterScaleForwardEntry.Instance, FilterScaleBackwardEntry.Instance,
            IsoclineProjectEntry.Instance, NormAnchorEntry.Instance, ClipFactorEntry.Instance, SgdStepEntry.Instance,
            AdamDirectionEntry.Instance,
        }.OrderBy(static entry => entry.Kind, StringComparer.Ordinal),
    ];

    /// <summary>The entry of a kind; none if there is none.</summary>
    /// <param name="kind">The kind.</param>
    public static OpEntry? Find(string kind) => All.FirstOrDefault(entry => entry.Kind == kind);
}
