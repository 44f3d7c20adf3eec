using System.Globalization;
using System.Text;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Cpu;

namespace Msr.Conformance.Verification;

/// <summary>
/// Tests the laws: plants every fault in the CPU backend, float32 on one thread, and looks which laws see it and after how many generated
/// cases. A law has seen a fault if it fails with the fault on board and holds without it, on the same case. A fault has fallen only when an
/// exact or theorem law sees it: calibrated limits are listed, but prove nothing.
/// </summary>
public static class FaultMatrix
{
    /// <summary>Cases that are tried before a fault counts as survived.</summary>
    public const int MostCases = 50;

    private static readonly IReadOnlyList<CaseEntry> s_entries = [.. OpTable.All, .. PlanTable.All];

    /// <summary>Computes the matrix.</summary>
    /// <param name="seeds">The number of seeds; each has cases of its own.</param>
    /// <param name="faults">The faults; all of the catalogue when left out.</param>
    /// <param name="entries">Where cases come from; the tables of ops and plans when left out.</param>
    /// <param name="mostCases">Cases that are tried with one seed.</param>
    /// <param name="progress">Told of each row when it is done.</param>
    /// <returns>A row for each fault, in order.</returns>
    public static IReadOnlyList<FaultRow> Compute(
        int seeds,
        IReadOnlyList<Fault>? faults = null,
        IReadOnlyList<CaseEntry>? entries = null,
        int mostCases = MostCases,
        Action<FaultRow>? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        using Subject<float> sound = new(new CpuBackend<float>(1), static threads => new CpuBackend<float>(threads));
        List<FaultRow> rows = [];
        foreach (Fault fault in faults ?? FaultCatalog.All)
        {
            CaseEntry[] affected = [.. (entries ?? s_entries).Where(entry => IsAffected(entry, fault))];
            rows.Add(Row(fault, affected, sound, seeds, mostCases));
            progress?.Invoke(rows[^1]);
        }

        return rows;
    }

    /// <summary>The matrix as a page in Markdown: a table of faults, a table of laws, and how to make it again.</summary>
    /// <param name="rows">The rows of <see cref="Compute"/>.</param>
    public static string ToMarkdown(IReadOnlyList<FaultRow> rows) => FaultMatrixPage.Render(rows);

    /// <summary>Ops show what spoils ops; trajectories and plans, which take longer, what only they can show.</summary>
    private static bool IsAffected(CaseEntry entry, Fault fault) => entry is OpEntry ? !fault.NeedsSteps && fault.Affects(entry.Kind) : fault.NeedsSteps;

    private static FaultRow Row(Fault fault, CaseEntry[] entries, Subject sound, int seeds, int mostCases)
    {
        Dictionary<string, int> namedBy = new(StringComparer.Ordinal), caughtBy = new(StringComparer.Ordinal);
        List<int> cases = [];
        for (int seed = 0; seed < seeds && entries.Length > 0; seed++)
        {
            // A backend for each seed: what a fault remembers of one seed does not help another.
            using Subject<float> faulty = new(Plant(fault, 1), fault.NeedsThreads ? threads => Plant(fault, threads) : null);
            RandomStream stream = new RandomStream((ulong)seed).Split(fault.Name);
            for (int count = 1; count <= mostCases; count++)
            {
                TestCase testCase = entries[(seed + count) % entries.Length].Generate(new Draws(stream.Split((ulong)count)).Bits());
                Law[] laws = Catch(testCase, faulty, sound);
                if (Array.Find(laws, static law => law.Strength != LawStrength.Calibrated) is not { } first)
                {
                    continue;
                }

                cases.Add(count);
                Count(namedBy, first.Name);
                Array.ForEach(laws, law => Count(caughtBy, law.Name));
                break;
            }
        }

        cases.Sort();
        return new FaultRow(fault, namedBy, caughtBy, cases, seeds - cases.Count);
    }

    private static FaultyBackend<float> Plant(Fault fault, int threads) => new(new CpuBackend<float>(threads), fault, threads);

    /// <summary>The laws that see a fault on a case, in law order.</summary>
    private static Law[] Catch(TestCase testCase, Subject faulty, Subject sound) =>
    [
        .. testCase.Entry.Laws
            .Where(law => Fails(law, testCase, faulty))
            .ToArray()
            .Where(law => !Fails(law, testCase, sound)),
    ];

    /// <summary>Whether a law fails. Results can be so wrong that nothing can be done with them, such as an index beyond its plane: that is failing too.</summary>
    private static bool Fails(Law law, TestCase testCase, Subject subject)
    {
        try
        {
            return law.Check(testCase, subject).Verdict == Verdict.Failed;
        }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentException or ArithmeticException)
        {
            return true;
        }
    }

    private static void Count(Dictionary<string, int> counts, string law) => counts[law] = counts.GetValueOrDefault(law) + 1;
}

/// <summary>The verdicts of the laws on one fault, over some seeds.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="NamedBy">The laws that failed first, in law order, with the number of seeds.</param>
/// <param name="CaughtBy">All laws that failed on the case that caught it, with the number of seeds; what named it is among them.</param>
/// <param name="Cases">How many cases it took, seed by seed, smallest first; seeds whose cases ran out are not in it.</param>
/// <param name="Survived">The number of seeds whose cases ran out: no law saw the fault.</param>
public sealed record FaultRow(
    Fault Fault,
    IReadOnlyDictionary<string, int> NamedBy,
    IReadOnlyDictionary<string, int> CaughtBy,
    IReadOnlyList<int> Cases,
    int Survived)
{
    /// <summary>The median number of cases until a law failed; the lower of the two middle ones. 0 where no seed caught it.</summary>
    public int MedianCases => Cases.Count == 0 ? 0 : Cases[(Cases.Count - 1) / 2];

    /// <summary>The largest number of cases until a law failed; 0 where no seed caught it.</summary>
    public int LargestCases => Cases.Count == 0 ? 0 : Cases[^1];
}

/// <summary>The fault matrix as text.</summary>
internal static class FaultMatrixPage
{
    public static string Render(IReadOnlyList<FaultRow> rows)
    {
        int seeds = rows.Count == 0 ? 0 : rows[0].Cases.Count + rows[0].Survived;
        StringBuilder page = new();
        page.AppendLine("# Fault matrix").AppendLine();
        page.AppendLine("How the tests are tested: each fault below is planted in the CPU backend (float32, one thread), and the laws of the conformance kit");
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
