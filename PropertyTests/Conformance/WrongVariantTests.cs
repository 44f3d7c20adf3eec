using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Xunit.Abstractions;

namespace PropertyTests.Conformance;

/// <summary>A law that cannot fail proves nothing: each is broken by a backend that is wrong in one way.</summary>
public sealed class WrongVariantTests(ITestOutputHelper output)
{
    private const ulong Seeds = 40;

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
            string geometry = $"o3t9i5s40r400m90n{seed % 2}d5c{(seed % 3 == 0 ? 10 : 0)}";
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
            AssertBroken("plan.trajectory", "m3n3h6w6c2d3k3s3", seed, "plan-isocline", subject);
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
            AssertBroken("isocline.trajectory", $"o3t9i5s40r400m90d5c{(seed % 3 == 0 ? 10 : 0)}a1", seed, "isocline", subject);
        }

        for (ulong seed = 1; seed <= 3; seed++)
        {
            AssertBroken("plan.trajectory", "m3n3h6w6c2d3k3s3o90u1", seed, "plan-isocline", subject);
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
