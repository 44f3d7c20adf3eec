using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Core.Backends;

namespace Msr.Conformance.Verification;

/// <summary>The result of a verification. The order of the cases is that of the kinds and seeds, whatever the number of threads.</summary>
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

/// <summary>The result of a case.</summary>
/// <param name="Kind">The kind of op or plan.</param>
/// <param name="Text">The case in one line.</param>
/// <param name="Verdict">Passed, suspicious (which counts as passed), skipped or failed; a mistrusted case is a failed one.</param>
public sealed record CaseReport(string Kind, string Text, Verdict Verdict)
{
    /// <summary>Why the case was skipped or is suspicious; none otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>How it failed; none if it did not.</summary>
    public CaseFailure? Failure { get; init; }

    /// <summary>The largest error seen, as a multiple of its bound; 0 where nothing was bounded.</summary>
    public double ErrorOverBound { get; init; }

    /// <summary>The verdicts, in the order of the kind's laws.</summary>
    public ImmutableArray<LawReport> Laws { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether it counts as passed.</summary>
    public bool Passed => Verdict is Verdict.Passed or Verdict.Suspicious;

    /// <summary>Whether it counts as failed.</summary>
    public bool Failed => Verdict is Verdict.Failed or Verdict.Mistrusted;
}

/// <summary>A law's verdict on a case.</summary>
/// <param name="Law">The name of the law.</param>
/// <param name="Outcome">What it said.</param>
public sealed record LawReport(string Law, LawOutcome Outcome);

/// <summary>How a case failed, and the smallest case found that fails in the same way.</summary>
/// <param name="Law">The name of the law that is broken.</param>
/// <param name="Statement">The law in one sentence.</param>
/// <param name="Message">What is wrong with the shrunk case: element, expected, got, error/bound.</param>
/// <param name="Text">The shrunk case in one line; the case itself where it could not be shrunk.</param>
public sealed record CaseFailure(string Law, string Statement, string Message, string Text)
{
    /// <summary>How many smaller cases were tried.</summary>
    public int Attempts { get; init; }

    /// <summary>The shrunk case; none for stored cases.</summary>
    public TestCase? Case { get; init; }

    /// <summary>Arguments of <c>msr verify</c> that repeat it, after the backend's.</summary>
    public string Arguments { get; init; } = $"--case \"{Text}\"";

    /// <summary>The one command that repeats it.</summary>
    /// <param name="backend">The name of the backend.</param>
    public string Command(string backend) => $"msr verify --backend {backend} {Arguments}";
}

/// <summary>The result of all cases of a kind. Errors are each case's worst error/bound.</summary>
/// <param name="Kind">The kind of op or plan.</param>
/// <param name="Passed">Cases that passed.</param>
/// <param name="Failed">Cases that failed.</param>
/// <param name="Skipped">Cases that were skipped.</param>
/// <param name="Suspicious">Cases among the passed ones with an unlikely error.</param>
/// <param name="Median">The median of the errors.</param>
/// <param name="Percentile99">The 99th percentile of the errors.</param>
/// <param name="Worst">The largest error.</param>
/// <param name="Elapsed">The time that they took.</param>
public sealed record KindSummary(
    string Kind, int Passed, int Failed, int Skipped, int Suspicious, double Median, double Percentile99, double Worst, TimeSpan Elapsed)
{
    /// <summary>Sums up the cases of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="cases">Its cases, at least one.</param>
    public static KindSummary Of(string kind, IReadOnlyCollection<CaseReport> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        double[] errors = [.. cases.Where(static report => report.Verdict != Verdict.Skipped).Select(static report => report.ErrorOverBound).Order()];
        return new KindSummary(
            kind,
            cases.Count(static report => report.Passed),
            cases.Count(static report => report.Failed),
            cases.Count(static report => report.Verdict == Verdict.Skipped),
            cases.Count(static report => report.Verdict == Verdict.Suspicious),
            Rank(errors, 0.5),
            Rank(errors, 0.99),
            Rank(errors, 1),
            new TimeSpan(cases.Sum(static report => report.Elapsed.Ticks)));
    }

    /// <summary>The nearest rank: an error that some case really had.</summary>
    private static double Rank(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}

/// <summary>Cases that were skipped for the same reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Cases">The cases in one line each.</param>
public sealed record SkipGroup(string Reason, IReadOnlyList<string> Cases);
