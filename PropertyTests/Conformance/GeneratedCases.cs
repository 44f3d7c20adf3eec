using FsCheck;
using FsCheck.Fluent;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;

namespace PropertyTests.Conformance;

/// <summary>Hosts the laws in FsCheck: cases come from the kit's own generators, and a failing one is shrunk along its geometry.</summary>
internal static class GeneratedCases
{
    /// <summary>Every kind of op and of plan.</summary>
    public static IReadOnlyList<CaseEntry> Entries { get; } = [.. OpTable.All, .. PlanTable.All];

    /// <summary>The entry of a kind.</summary>
    public static CaseEntry Named(string kind) => Entries.Single(entry => entry.Kind == kind);

    /// <summary>Cases of a kind.</summary>
    public static Arbitrary<TestCase> Of(CaseEntry entry) =>
        Arb.From(Gen.Choose(0, int.MaxValue).Select(seed => entry.Generate((ulong)seed)), static testCase => testCase.Smaller());

    /// <summary>Checks laws on generated cases; throws with the smallest case that breaks one.</summary>
    public static void Check(CaseEntry entry, Subject subject, IReadOnlyList<Law> laws, int cases) =>
        Prop.ForAll(Of(entry), testCase => Broken(testCase, subject, laws) is not { } broken ? true.Label("every law holds") : false.Label(broken))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(20191129, 1).WithQuietOnSuccess(true));

    /// <summary>The first law that a case breaks, and how; none if all hold.</summary>
    public static string? Broken(TestCase testCase, Subject subject, IReadOnlyList<Law> laws)
    {
        foreach (Law law in laws)
        {
            LawOutcome outcome = law.Check(testCase, subject);
            if (outcome.Verdict is Verdict.Failed or Verdict.Mistrusted)
            {
                return $"{law} on {subject}: {outcome.Message}; repeat it with: msr verify --backend {subject} --case \"{testCase}\"";
            }
        }

        return null;
    }
}
