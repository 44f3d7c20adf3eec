using Msr.Conformance.Cases;
using Msr.Conformance.Stored;
using Msr.Conformance.Verification;
using Xunit.Abstractions;

namespace PropertyTests.Cases;

/// <summary>Results that PyTorch computed in float64, on every backend under test.</summary>
public sealed class StoredCaseTests(ITestOutputHelper output)
{
    private const string Network = "network_resnet20_proj";

    public static TheoryData<string, string> OpCases { get; } = Pairs();

    [Theory]
    [MemberData(nameof(OpCases))]
    public void Every_backend_agrees_with_what_another_system_computed(string backend, string id) => MustPass(id, backend);

    /// <summary>Logits, loss, every gradient of the first step, the losses and every parameter after five.</summary>
    [Theory]
    [InlineData("reference:f64")]
    [InlineData("cpu:f64")]
    [InlineData("cpu:direct")]
    public void A_whole_network_trains_as_PyTorch_trains_it(string backend) => MustPass(Network, backend);

    [Fact]
    public void A_whole_network_can_be_read_tensor_by_tensor()
    {
        StoredCase network = StoredCase.Open(StoredCases.Torch.FolderOf(Network));
        Assert.Equal(0.9, network.Attributes.Group("optimizer").Number("momentum"));
        Assert.All(network.Tensors, static tensor => Assert.Equal(tensor.Shape.Length, tensor.Read().Length));
        Assert.Equal(8, network.Integers("target.t0").Length);
    }

    private static TheoryData<string, string> Pairs()
    {
        TheoryData<string, string> pairs = [];
        foreach (string backend in StoredCases.Backends)
        {
            foreach ((string id, _) in StoredCases.Torch.Cases.Where(static stored => stored.Id != Network))
            {
                pairs.Add(backend, id);
            }
        }

        return pairs;
    }

    private void MustPass(string id, string backend)
    {
        CaseReport report = StoredCases.Run(StoredCases.Torch, id, backend);
        output.WriteLine($"{id}: worst error/bound {report.ErrorOverBound:F3}");
        Assert.True(report.Verdict == Verdict.Passed, report.Failure?.Message ?? report.Reason);
    }
}
