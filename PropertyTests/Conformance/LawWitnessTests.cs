using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Xunit.Abstractions;

namespace PropertyTests.Conformance;

/// <summary>A law that cannot fail proves nothing: each is broken by a backend that is wrong in one way.</summary>
public sealed class LawWitnessTests(ITestOutputHelper output)
{
    private const ulong Seeds = 40;
    private const string Kernel = "out=3 taps=9 in=5 steps=40 rate=0.4 momentum=0.9 weight-decay=0.0005";
    private const string Network = "model=resnet8 batch=3 image=6,6 channels=2 width=3 classes=3 steps=3";

    public static TheoryData<string> Witnesses => [.. FaultCatalog.Witnesses.Select(static witness => $"{witness}")];

    public static TheoryData<string> DriftingKernels => [.. OfLaw("isocline").Select(static witness => $"{witness}")];

    public static TheoryData<string> DriftingNetworks => [.. OfLaw("plan-isocline").Select(static witness => $"{witness}")];

    [Theory]
    [MemberData(nameof(Witnesses))]
    public void The_law_notices(string name)
    {
        LawWitness witness = Named(name);
        using Subject subject = witness.Open();
        CaseEntry entry = GeneratedCases.Named(witness.Kind);
        Law law = entry.Laws.Single(law => law.Name == witness.Law);
        int looked = 0, broken = 0;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            LawOutcome outcome = law.Check(entry.Generate(seed), subject);
            looked += outcome.Verdict == Verdict.Skipped ? 0 : 1;
            broken += outcome.Verdict == Verdict.Failed ? 1 : 0;
        }

        output.WriteLine($"{name}: broken by {broken} of {looked} cases");
        Assert.True(broken > 0, $"{witness.Law} holds for all {looked} cases although {witness.Fault.Defect}");
    }

    /// <summary>Any trajectory that is long enough must show a wrong projection, not one in a hundred.</summary>
    [Theory]
    [MemberData(nameof(DriftingKernels))]
    public void Kernels_drift_off_the_isocline(string name)
    {
        LawWitness witness = Named(name);
        using Subject subject = witness.Open();
        for (ulong seed = 1; seed <= 20 && !witness.NeedsAdam; seed++)
        {
            AssertBroken($"isocline.trajectory {Kernel} nesterov={(seed % 2 == 0 ? "no" : "yes")} {Clip(seed)} seed={seed}", witness.Law, subject);
        }

        for (ulong seed = 1; seed <= 10; seed++)
        {
            AssertBroken($"isocline.trajectory {Kernel} {Clip(seed)} optimizer=adamw seed={seed}", witness.Law, subject);
        }
    }

    [Theory]
    [MemberData(nameof(DriftingNetworks))]
    public void Kernels_of_networks_drift_off_the_isocline(string name)
    {
        LawWitness witness = Named(name);
        using Subject subject = witness.Open();
        for (ulong seed = 1; seed <= 5 && !witness.NeedsAdam; seed++)
        {
            AssertBroken($"plan.trajectory {Network} seed={seed}", witness.Law, subject);
        }

        for (ulong seed = 1; seed <= 3; seed++)
        {
            AssertBroken($"plan.trajectory {Network} momentum=0.9 optimizer=adamw seed={seed}", witness.Law, subject);
        }
    }

    private static IEnumerable<LawWitness> OfLaw(string law) => FaultCatalog.Witnesses.Where(witness => witness.Law == law);

    private static LawWitness Named(string name) => FaultCatalog.Witnesses.First(witness => $"{witness}" == name);

    private static string Clip(ulong seed) => $"clip={(seed % 3 == 0 ? 1 : 0)}";

    private static void AssertBroken(string text, string name, Subject subject)
    {
        TestCase testCase = CaseTextReader.Read(text);
        Law law = testCase.Entry.Laws.Single(candidate => candidate.Name == name);
        Assert.Equal(Verdict.Failed, law.Check(testCase, subject).Verdict);
        Assert.Equal(Verdict.Passed, law.Check(testCase, Backends.Named("reference")).Verdict);
    }
}
