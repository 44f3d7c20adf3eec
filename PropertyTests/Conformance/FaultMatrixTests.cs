using Msr.Conformance.Faults;
using Msr.Conformance.Verification;

namespace PropertyTests.Conformance;

/// <summary>The tests are tested: every known defect falls to a law, and the published matrix is of this catalogue.</summary>
public sealed class FaultMatrixTests
{
    private const int Seeds = 3;

    [Fact]
    public void No_fault_survives_the_laws()
    {
        string[] survivors =
        [
            .. FaultMatrix.Compute(Seeds).Where(static row => row.Survived > 0)
                .Select(static row => $"{row.Fault}: {row.Fault.Defect}; unseen with {row.Survived} of {Seeds} seeds"),
        ];
        Assert.Empty(survivors);
    }

    [Fact]
    public void A_backend_without_a_fault_breaks_no_law()
    {
        FaultRow row = Assert.Single(FaultMatrix.Compute(1, [new NoFault()], OpTable.All, mostCases: 2 * OpTable.All.Count));
        Assert.Equal(1, row.Survived);
        Assert.Empty(row.CaughtBy);
    }

    [Fact]
    public void The_published_matrix_lists_exactly_the_faults_of_the_catalogue()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "fault-matrix.md"));
        string table = page[page.IndexOf("## Faults", StringComparison.Ordinal)..page.IndexOf("## Laws", StringComparison.Ordinal)];
        string[] published = [.. table.Split('\n')
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(static cells => $"{cells[1]}: {cells[2]}")
            .Skip(1)];
        Assert.Equal(FaultCatalog.All.Select(static fault => $"{fault.Name}: {fault.Defect}"), published);
    }

    [Fact]
    public void Faults_have_names_of_their_own_and_ops_that_exist()
    {
        Assert.Equal(FaultCatalog.All.Count, FaultCatalog.All.Select(static fault => fault.Name).Distinct().Count());
        Assert.All(FaultCatalog.All, static fault => Assert.Matches("^[a-z0-9]+([.-][a-z0-9]+)*$", fault.Name));
        Assert.All(FaultCatalog.All, static fault => Assert.All(fault.Kinds, kind => Assert.Contains(OpTable.All, entry => new OnKind(kind).Affects(entry.Kind))));
    }

    private sealed class NoFault() : Fault("none", "nothing", "*")
    {
        public override void Run<T>(FaultyRun<T> run) => run.Pass();
    }

    private sealed class OnKind(string kind) : Fault("none", "nothing", kind)
    {
        public override void Run<T>(FaultyRun<T> run) => run.Pass();
    }
}
