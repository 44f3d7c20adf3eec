using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Ops.Convolution;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Numerics;
using Msr.Cpu;

namespace PropertyTests.Conformance;

/// <summary>The chain of trust: definition loops decide small cases and the oracle, the oracle decides cases of real size.</summary>
public sealed class TruthTests
{
    private static readonly OpCase s_small = ConvolutionEntry.Forward.Case(new ConvGeometry(4, 4, 3, 8, 3, 3), 2);
    private static readonly OpCase s_large = ConvolutionEntry.Forward.Case(new ConvGeometry(32, 32, 16, 16, 3, 3), 8);

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:f64")]
    [InlineData("reference")]
    [InlineData("oracle")]
    [InlineData("oracle:f64")]
    public void Loops_decide_small_cases(string backend) =>
        Assert.Same(Truth.Loops, new Truth(s_small, s_small.Data, Backends.Named(backend)).Decider);

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:f64")]
    [InlineData("reference:f64")]
    public void The_oracle_decides_cases_of_real_size(string backend)
    {
        Assert.Same(Truth.Oracle, s_large.TruthFor(Backends.Named(backend)).Decider);
        Assert.Same(Truth.Oracle, Truth.DeciderOfSteps(Backends.Named(backend)));
    }

    [Theory]
    [InlineData("oracle")]
    [InlineData("oracle:f64")]
    public void The_oracle_does_not_decide_on_itself(string backend)
    {
        Assert.Same(Truth.Oracle, s_large.TruthFor(Backends.Named("cpu")).Decider);
        Assert.Same(Truth.Loops, s_large.TruthFor(Backends.Named(backend)).Decider);
        Assert.Same(Truth.Loops, Truth.DeciderOfSteps(Backends.Named(backend)));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:f64")]
    [InlineData("oracle")]
    [InlineData("oracle:f64")]
    public void A_case_of_real_size_is_within_its_bound(string backend) =>
        Assert.Equal(Verdict.Passed, Bound(Backends.Named(backend)).Verdict);

    [Fact]
    public void A_planted_fault_is_found_at_real_size()
    {
        using Subject<float> faulty = new(new FaultyBackend<float>(new CpuBackend<float>(1), FaultCatalog.Find("dropped-product")!));
        Assert.Equal(Verdict.Failed, Bound(faulty).Verdict);
    }

    /// <summary>Drawn taps that are nearly equal: centring errs relative to them, not to what is left (ADR 15).</summary>
    [Theory]
    [InlineData("reference:f64")]
    [InlineData("oracle:f64")]
    [InlineData("cpu:f64")]
    [InlineData("cpu")]
    public void A_kernel_whose_taps_cancel_is_no_false_alarm(string backend)
    {
        OpCase one = (OpCase)CaseTextReader.Read("conv.forward batch=1 groups=3 in=3 image=1,3 out=48 filter=1,3 values=ties seed=0xd44e11d0");
        Assert.Equal(Verdict.Passed, one.Entry.Laws.Single(static law => law.Name == "centred-kernels-ignore-constants").Check(one, Backends.Named(backend)).Verdict);
    }

    private static LawOutcome Bound(Subject subject) => s_large.Entry.Laws.Single(static law => law.Name == "bound").Check(s_large, subject);
}
