using System.Text.Json;
using PropertyTests.Ops;
using Xunit.Abstractions;

namespace PropertyTests.Cases;

/// <summary>Results that PyTorch computed in float64, on every backend under test.</summary>
public sealed class NeutralCaseTests(ITestOutputHelper output)
{
    private const string Suite = "torch";

    public static TheoryData<string, string> CoveredCases { get; } = Covered();

    [Theory]
    [MemberData(nameof(CoveredCases))]
    public void Every_backend_agrees_with_what_another_system_computed(string backend, string id)
    {
        NeutralCase stored = NeutralCase.Open(Suite, id);
        OutsideCase outside = new(stored, Backends.Named(backend));
        OutsideOps.Runners[stored.Op](outside);
        Assert.Empty(outside.Unchecked);
        output.WriteLine($"{id}: {outside.Judge.Compared} elements, worst error/bound {outside.Judge.WorstRatio:F3}");
        Assert.True(outside.Judge.NotZero > 0, "mistrusted: every result is zero");
    }

    [Fact]
    public void Cases_that_are_not_run_are_known_by_name_and_reason()
    {
        IEnumerable<(string Id, string? Reason)> excluded = NeutralCase.Ids(Suite)
            .Select(static id => (id, OutsideOps.ReasonToExclude(NeutralCase.Open(Suite, id))))
            .Where(static stored => stored.Item2 is not null);
        Assert.Equal(
            [("cross_entropy_12_n9k5", "the loss has no class weights"), ("network_resnet20_proj", "no op runs 'network_resnet20'")],
            excluded);
    }

    [Fact]
    public void A_whole_network_can_be_read_tensor_by_tensor()
    {
        NeutralCase network = NeutralCase.Open(Suite, "network_resnet20_proj");
        Assert.Equal(JsonValueKind.Object, network.Attributes.GetProperty("optimizer").ValueKind);
        Assert.All(network.Names, name => Assert.Equal(network.Tensor(name).Shape.Length, network.Reals(name).Length));
        Assert.Equal(8, network.Integers("target.t0").Length);
    }

    private static TheoryData<string, string> Covered()
    {
        TheoryData<string, string> covered = [];
        foreach (string id in NeutralCase.Ids(Suite).Where(static id => OutsideOps.ReasonToExclude(NeutralCase.Open(Suite, id)) is null))
        {
            foreach (string backend in Backends.Names)
            {
                covered.Add(backend, id);
            }
        }

        return covered;
    }
}
