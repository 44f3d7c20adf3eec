using Msr.Conformance.Cases;
using Msr.Conformance.Verification;
using Spectre.Console;

namespace Msr.Cli.Output;

/// <summary>Prints what <c>msr verify</c> found. The tally is the last line.</summary>
internal static class VerifyText
{
    private const int MostNamed = 5;
    private const int MostAlike = 3;

    /// <summary>Prints a report.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="report">The report.</param>
    /// <param name="head">What was verified, in one line.</param>
    /// <param name="command">The command that repeats a failure.</param>
    /// <param name="saved">Folders that failing cases were written to, by their texts.</param>
    public static void Print(TextWriter writer, VerifyReport report, string head, Func<CaseFailure, string> command, Dictionary<string, string> saved)
    {
        writer.WriteLine(head);
        Table table = Tables.Create("kind", "passed", "failed", "skipped", "error/bound: median", "99 %", "worst", "seconds");
        foreach (KindSummary kind in report.Kinds)
        {
            table.Row(
                kind.Kind, $"{kind.Passed}", $"{kind.Failed}", $"{kind.Skipped}", Number(kind.Median), Number(kind.Percentile99), Number(kind.Worst),
                $"{kind.Elapsed.TotalSeconds:F2}");
        }

        Tables.Print(writer, table);
        foreach (IGrouping<(string, string), CaseReport> alike in report.Cases.Where(static done => done.Failed).GroupBy(static done => (done.Kind, done.Failure!.Law)))
        {
            // The same sentence again says nothing more.
            CaseReport[] shown = [.. alike.DistinctBy(static done => done.Failure!.Message, StringComparer.Ordinal).Take(MostAlike)];
            foreach (CaseReport failing in shown)
            {
                PrintFailure(writer, failing, command, saved);
            }

            string[] others = [.. alike.Except(shown).Select(static done => done.Text)];
            if (others.Length > 0)
            {
                writer.WriteLine($"FAILED {others.Length} more of {alike.Key.Item1} by the law {alike.Key.Item2}: {Named(others)}");
            }
        }

        foreach (SkipGroup group in report.SkippedByReason)
        {
            writer.WriteLine($"skipped {group.Cases.Count}: {group.Reason} ({Named(group.Cases)})");
        }

        CaseReport[] suspicious = [.. report.Cases.Where(static done => done.Verdict == Verdict.Suspicious)];
        if (suspicious.Length > 0)
        {
            writer.WriteLine($"suspicious, counted as passed, {suspicious.Length}: {Named([.. suspicious.Select(static done => $"{done.Text} ({done.Reason})")])}");
        }

        writer.WriteLine(report.Tally);
    }

    private static void PrintFailure(TextWriter writer, CaseReport failing, Func<CaseFailure, string> command, Dictionary<string, string> saved)
    {
        CaseFailure failure = failing.Failure!;
        writer.WriteLine();
        writer.WriteLine($"FAILED {failing.Text}");
        if (failure.Text != failing.Text)
        {
            writer.WriteLine($"  shrunk to {failure.Text} in {failure.Attempts} attempts");
        }

        writer.WriteLine($"  law {failure.Law}: {failure.Statement}");
        string[] others = [.. failing.Laws.Where(law => law.Law != failure.Law && law.Outcome.Verdict == Verdict.Failed).Select(static law => law.Law)];
        if (others.Length > 0)
        {
            writer.WriteLine($"  the case also breaks {string.Join(", ", others)}");
        }

        writer.WriteLine($"  {failure.Message}");
        writer.WriteLine($"  {command(failure)}");
        if (saved.TryGetValue(failing.Text, out string? folder))
        {
            writer.WriteLine($"  saved in {folder}");
        }

        writer.WriteLine();
    }

    private static string Named(IReadOnlyList<string> cases) =>
        string.Join("; ", cases.Take(MostNamed)) + (cases.Count > MostNamed ? $"; and {cases.Count - MostNamed} more" : "");

    private static string Number(double value) => value == 0 ? "0" : $"{value:G3}";
}
