using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace PropertyTests.Conformance;

/// <summary>Every law of every kind of op and plan on every backend.</summary>
public sealed class LawTests
{
    private const int CasesOfAKind = 12;
    private const ulong MostSeeds = 60;

    public static TheoryData<string, string> EveryBackendAndKind { get; } = MakePairs();

    public static TheoryData<string> EveryLaw { get; } = [.. GeneratedCases.Entries.SelectMany(static entry => entry.Laws).Select(static law => law.Name).Distinct()];

    [Theory]
    [MemberData(nameof(EveryBackendAndKind))]
    public void The_laws_of_a_kind_hold(string backend, string kind)
    {
        CaseEntry entry = GeneratedCases.Named(kind);
        GeneratedCases.Check(entry, Backends.Named(backend), entry.Laws, CasesOfAKind);
    }

    [Theory]
    [MemberData(nameof(EveryLaw))]
    public void A_law_that_is_skipped_everywhere_would_be_noticed(string name)
    {
        Subject subject = Backends.Named("cpu:f64");
        Assert.Contains(GeneratedCases.Entries, entry => entry.Laws.FirstOrDefault(law => law.Name == name) is { } law
            && Enumerable.Range(0, (int)MostSeeds).Any(seed => law.Check(entry.Generate((ulong)seed), subject).Verdict == Verdict.Passed));
    }

    [Fact]
    public void Laws_have_names_of_their_own_and_say_what_they_say()
    {
        foreach (IGrouping<string, Law> laws in GeneratedCases.Entries.SelectMany(static entry => entry.Laws).GroupBy(static law => law.Name))
        {
            Assert.Matches("^[a-z0-9-]+$", laws.Key);
            Assert.Single(laws.Select(static law => (law.Statement, law.Strength)).Distinct());
            Assert.EndsWith(".", laws.First().Statement, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void A_shrunk_case_is_valid_and_smaller(string backend)
    {
        foreach (CaseEntry entry in GeneratedCases.Entries)
        {
            TestCase testCase = entry.Generate(3);
            foreach (TestCase smaller in testCase.Smaller().Take(4))
            {
                Assert.NotEqual($"{testCase}", $"{smaller}");
                Assert.Null(GeneratedCases.Broken(smaller, Backends.Named(backend), [.. entry.Laws.Take(4)]));
            }
        }
    }

    private static TheoryData<string, string> MakePairs()
    {
        TheoryData<string, string> pairs = [];
        foreach (string backend in Backends.Names)
        {
            foreach (CaseEntry entry in GeneratedCases.Entries)
            {
                pairs.Add(backend, entry.Kind);
            }
        }

        return pairs;
    }
}
