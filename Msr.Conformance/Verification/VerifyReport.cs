using System.Collections.Immutable;
using Msr.Conformance.Laws;
using Msr.Core.Backends;

namespace Msr.Conformance.Verification;

/// <summary>What a verification came to. The order of the cases is that of the kinds and seeds, whatever the number of threads.</summary>
/// <param name="Backend">What the backend says of itself.</param>
/// <param name="Cases">What came of each case.</param>
/// <param name="IsComplete">Whether all cases were checked; not if the run was stopped.</param>
public sealed record VerifyReport(BackendInfo Backend, ImmutableArray<CaseReport> Cases, bool IsComplete)
{
    /// <summary>Cases that passed, suspicious ones included.</summary>
    public int Passed => Cases.Count(static report => report.Passed);

    /// <summary>Cases that failed.</summary>
    public int Failed => Cases.Count(static report => report.Failed);

    /// <summary>Cases that were skipped.</summary>
    public int Skipped => Cases.Count(static report => report.Verdict == Verdict.Skipped);

    /// <summary>The closing line: <c>N passed, N failed, N skipped</c>.</summary>
    public string Tally => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    /// <summary>Kind by kind, in the order of the cases.</summary>
    public IReadOnlyList<KindSummary> Kinds =>
        [.. Cases.GroupBy(static report => report.Kind, StringComparer.Ordinal).Select(static kind => KindSummary.Of(kind.Key, [.. kind]))];

    /// <summary>Reasons for which cases were skipped, the most frequent first.</summary>
    public IReadOnlyList<SkipGroup> SkippedByReason =>
    [
        .. Cases.Where(static report => report.Verdict == Verdict.Skipped)
            .GroupBy(static report => report.Reason ?? "no reason given", static report => report.Text, StringComparer.Ordinal)
            .Select(static group => new SkipGroup(group.Key, [.. group]))
            .OrderByDescending(static group => group.Cases.Count)
            .ThenBy(static group => group.Reason, StringComparer.Ordinal),
    ];
}
