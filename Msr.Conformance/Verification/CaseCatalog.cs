using System.IO.Enumeration;
using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Ops.BatchNorm;
using Msr.Conformance.Ops.Convolution;
using Msr.Conformance.Ops.Loss;
using Msr.Conformance.Plans;

namespace Msr.Conformance.Verification;

/// <summary>Every kind of case that the kit knows: ops, and plans of the method.</summary>
public static class CaseCatalog
{
    /// <summary>All kinds, ops first.</summary>
    public static IReadOnlyList<CaseEntry> All { get; } = [.. OpTable.All, .. PlanTable.All];

    /// <summary>The kind of a name; none if there is none.</summary>
    /// <param name="kind">The name.</param>
    public static CaseEntry? Find(string kind) => All.FirstOrDefault(entry => entry.Kind == kind);

    /// <summary>The kinds whose names fit a pattern.</summary>
    /// <param name="pattern">The pattern, with <c>*</c> for any letters: <c>conv.*</c>.</param>
    public static IReadOnlyList<CaseEntry> Matching(string pattern) => [.. All.Where(entry => Matches(pattern, entry.Kind))];

    /// <summary>Names near to a misspelt one, the nearest first; none if nothing is near.</summary>
    /// <param name="kind">The misspelt name.</param>
    public static IReadOnlyList<string> Near(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        int limit = Math.Max(2, kind.Length / 3);

        // A family that was named without its member is nearest.
        (string Kind, int Distance)[] near =
        [
            .. All.Select(entry => (entry.Kind, Distance: entry.Kind.StartsWith($"{kind}.", StringComparison.Ordinal) ? 0 : Distance(kind, entry.Kind)))
                .Where(candidate => candidate.Distance <= limit)
                .OrderBy(static candidate => candidate.Distance)
                .ThenBy(static candidate => candidate.Kind, StringComparer.Ordinal),
        ];
        return [.. near.Take(4).Select(static candidate => candidate.Kind)];
    }

    /// <summary>Whether a name fits a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="kind">The name.</param>
    public static bool Matches(string pattern, string kind) => FileSystemName.MatchesSimpleExpression(pattern, kind, ignoreCase: false);

    /// <summary>How many letters must be changed, put in or left out.</summary>
    private static int Distance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 0; i < one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < other.Length; j++)
            {
                int replaced = diagonal + (one[i] == other[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }
}

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

/// <summary>The kinds of cases that are more than one op: trajectories of updates and whole networks.</summary>
public static class PlanTable
{
    /// <summary>All entries, by name.</summary>
    public static IReadOnlyList<CaseEntry> All { get; } = [TrajectoryEntry.Instance, PlanEntry.Step, PlanEntry.Trajectory];

    /// <summary>The entry of a kind; none if there is none.</summary>
    /// <param name="kind">The kind.</param>
    public static CaseEntry? Find(string kind) => All.FirstOrDefault(entry => entry.Kind == kind);
}
