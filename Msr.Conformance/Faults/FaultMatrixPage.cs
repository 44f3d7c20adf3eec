using System.Globalization;
using System.Text;
using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Plans;

namespace Msr.Conformance.Faults;

/// <summary>The fault matrix as text.</summary>
internal static class FaultMatrixPage
{
    public static string Render(IReadOnlyList<FaultRow> rows)
    {
        int seeds = rows.Count == 0 ? 0 : rows[0].Cases.Count + rows[0].Survived;
        StringBuilder page = new();
        page.AppendLine("# Fault matrix").AppendLine();
        page.AppendLine("Who tests the tests: each fault below is planted in the CPU backend (float32, one thread), and the laws of the conformance kit");
        page.AppendLine("are checked on generated cases of the ops it spoils until one fails. A law has seen a fault if it fails with the fault on board");
        page.AppendLine("and holds without it, on the same case; a fault has fallen only to an exact or a theorem law. This page is computed, not written:");
        page.AppendLine("`msr verify --faults 100`.").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"{rows.Count} faults, {seeds} seeds, {rows.Sum(static row => row.Survived)} survivals.").AppendLine();
        Faults(page, rows, seeds);
        Laws(page, rows);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Faults(StringBuilder page, IReadOnlyList<FaultRow> rows, int seeds)
    {
        page.AppendLine("## Faults").AppendLine();
        page.AppendLine("*Named by* is the first law to fail, in law order; *also* are the others that fail on the same case. Cases: how many were tried until");
        page.AppendLine("a law failed.").AppendLine();
        page.AppendLine("| fault | what is wrong | ops | named by (seeds) | also caught by | median cases | largest |");
        page.AppendLine("|---|---|---|---|---|---|---|");
        foreach (FaultRow row in rows)
        {
            string kinds = string.Join(", ", row.Fault.Kinds.Select(static kind => $"`{kind}`"));
            IEnumerable<string> others = row.CaughtBy.Keys.Except(row.NamedBy.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal);
            string survived = row.Survived == 0 ? "" : $" **survived {row.Survived} of {seeds}**";
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {row.Fault.Name} | {row.Fault.Defect} | {kinds} | {Ranked(row.NamedBy)}{survived} | {string.Join(", ", others)} | {row.MedianCases} | {row.LargestCases} |");
        }

        page.AppendLine();
    }

    private static void Laws(StringBuilder page, IReadOnlyList<FaultRow> rows)
    {
        page.AppendLine("## Laws").AppendLine();
        page.AppendLine("What each law is good for: how many faults it sees, how many it is the first to name, and which ones no other law saw.").AppendLine();
        page.AppendLine("| law | sees | names | alone in seeing |");
        page.AppendLine("|---|---|---|---|");
        foreach (string law in rows.SelectMany(static row => row.CaughtBy.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            IEnumerable<string> alone = rows.Where(row => row.CaughtBy.Count == 1 && row.CaughtBy.ContainsKey(law)).Select(static row => row.Fault.Name);
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {law} | {rows.Count(row => row.CaughtBy.ContainsKey(law))} | {rows.Count(row => row.NamedBy.ContainsKey(law))} | {string.Join(", ", alone)} |");
        }

        IEnumerable<string> blind = OpTable.All.Concat<CaseEntry>(PlanTable.All).SelectMany(static entry => entry.Laws).Select(static law => law.Name)
            .Except(rows.SelectMany(static row => row.CaughtBy.Keys), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Laws that saw none of these faults: {string.Join(", ", blind)}.").AppendLine();
        page.AppendLine("That is not to say that they see nothing: gradients by differences need float64, `error-inputs` looks at constructors, and others at the");
        page.AppendLine("host or at whole plans. Faults of single ops are tried on single ops only, which is quicker and stricter than on plans.");
    }

    private static string Ranked(IReadOnlyDictionary<string, int> laws) => string.Join(
        ", ", laws.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key} ({pair.Value})"));
}
