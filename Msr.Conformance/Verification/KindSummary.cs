using Msr.Conformance.Laws;

namespace Msr.Conformance.Verification;

/// <summary>What came of all cases of a kind. Errors are each case's worst error/bound.</summary>
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
