using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Xunit.Abstractions;

namespace PropertyTests.Conformance;

/// <summary>A law that cannot fail proves nothing: each is broken by a backend that is wrong in one way.</summary>
public sealed class WrongVariantTests(ITestOutputHelper output)
{
    private const ulong Seeds = 40;
    private const string Network = "model=resnet8 batch=3 image=6,6 channels=2 width=3 classes=3 steps=3";

    public static TheoryData<string> Variants { get; } = [.. WrongVariants.All.Keys];

    public static TheoryData<string> Projections { get; } = [.. WrongVariants.Projections.Keys];

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_law_notices(string variant)
    {
        (string name, string kind, Func<Subject> make) = WrongVariants.All[variant];
        using Subject subject = make();
        CaseEntry entry = GeneratedCases.Named(kind);
        Law law = entry.Laws.Single(law => law.Name == name);
        int looked = 0, broken = 0;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            LawOutcome outcome = law.Check(entry.Generate(seed), subject);
            looked += outcome.Verdict == Verdict.Skipped ? 0 : 1;
            broken += outcome.Verdict == Verdict.Failed ? 1 : 0;
        }

        output.WriteLine($"{name}: broken by {broken} of {looked} cases with {variant}");
        Assert.True(broken > 0, $"{name} holds for all {looked} cases on a backend with {variant}");
    }

    /// <summary>Any trajectory that is long enough must show a wrong projection, not one in a hundred.</summary>
    [Theory]
    [MemberData(nameof(Projections))]
    public void Kernels_drift_off_the_isocline_with(string variant)
    {
        using Subject subject = WrongVariants.Projections[variant]();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            string geometry = $"out=3 taps=9 in=5 steps=40 rate=0.4 momentum=0.9 nesterov={(seed % 2 == 0 ? "no" : "yes")} weight-decay=0.0005 clip={(seed % 3 == 0 ? 1 : 0)}";
            AssertBroken("isocline.trajectory", geometry, seed, "isocline", subject);
        }
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void Kernels_of_networks_drift_off_the_isocline_with(string variant)
    {
        using Subject subject = WrongVariants.Projections[variant]();
        for (ulong seed = 1; seed <= 5; seed++)
        {
            AssertBroken("plan.trajectory", Network, seed, "plan-isocline", subject);
        }
    }

    [Theory]
    [MemberData(nameof(Projections))]
    public void With_Adam_too_kernels_drift_off_the_isocline_with(string variant)
    {
        using Subject subject = WrongVariants.Projections[variant]();
        AssertAdamDrifts(subject);
    }

    [Fact]
    public void With_Adam_it_is_not_enough_to_project_the_gradient()
    {
        using Subject subject = WrongVariants.UnprojectedDirection();
        AssertAdamDrifts(subject);
    }

    private static void AssertAdamDrifts(Subject subject)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            AssertBroken("isocline.trajectory", $"out=3 taps=9 in=5 steps=40 rate=0.4 momentum=0.9 weight-decay=0.0005 clip={(seed % 3 == 0 ? 1 : 0)} optimizer=adamw", seed, "isocline", subject);
        }

        for (ulong seed = 1; seed <= 3; seed++)
        {
            AssertBroken("plan.trajectory", $"{Network} momentum=0.9 optimizer=adamw", seed, "plan-isocline", subject);
        }
    }

    private static void AssertBroken(string kind, string geometry, ulong seed, string law, Subject subject)
    {
        CaseEntry entry = GeneratedCases.Named(kind);
        TestCase testCase = entry.Create(new CaseDescriptor(kind, ParameterSet.Parse(entry.Schema, geometry), ValueClass.Normal, seed));
        Assert.Equal(Verdict.Failed, entry.Laws.Single(candidate => candidate.Name == law).Check(testCase, subject).Verdict);
        Assert.Equal(Verdict.Passed, entry.Laws.Single(candidate => candidate.Name == law).Check(testCase, Backends.Named("reference")).Verdict);
    }
}
