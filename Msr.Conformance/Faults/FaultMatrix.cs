using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Ops;
using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Cpu;

namespace Msr.Conformance.Faults;

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
