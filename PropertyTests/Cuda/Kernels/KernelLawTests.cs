using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using PropertyTests.Conformance;

namespace PropertyTests.Cuda.Kernels;

/// <summary>Every law of every op that runs on kernels, on the emulated device, which checks bounds, races and unwritten memory on the way.</summary>
public sealed class KernelLawTests
{
    private const int CasesOfAKind = 4;

    private static readonly string[] s_elsewhere = ["conv.forward", "conv.backward-data", "conv.backward-filter", "matmul"];

    public static TheoryData<string> EveryKind { get; } =
        [.. OpTable.All.Select(static entry => entry.Kind).Where(static kind => !s_elsewhere.Contains(kind))];

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void The_laws_of_a_kind_hold_on_kernels(string kind)
    {
        using Subject<float> subject = new(EmulatedKernels.Open());
        CaseEntry entry = GeneratedCases.Named(kind);
        Assert.True(subject.Supports((OpCase)entry.Generate(1)), kind);
        GeneratedCases.Check(entry, subject, entry.Laws, CasesOfAKind);
    }
}
