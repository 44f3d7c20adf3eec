using Msr.Cpu;
using PropertyTests.Cpu;

namespace PropertyTests.VectorPaths;

/// <summary>Every width in this process: the wide ones run in software where the processor has them not.</summary>
public sealed class ForcedPathTests
{
    private static readonly Lazy<IReadOnlyList<PathCase>> s_cases = new(static () => PathChecks.Prepare(CpuCases.All));

    public static TheoryData<VectorPath> Paths => [.. Enum.GetValues<VectorPath>()];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_op_in_float32_stays_within_its_bound_at_every_remainder(VectorPath path) => PathChecks.Run<float>(path, s_cases.Value);

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_op_in_float64_stays_within_its_bound_at_every_remainder(VectorPath path) => PathChecks.Run<double>(path, s_cases.Value);
}
