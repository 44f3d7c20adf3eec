using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Xunit.Abstractions;

namespace PropertyTests.Properties;

/// <summary>The test of the test: with a wrong projection the isocline property fails, and shrinks to what a person can work through by hand.</summary>
public sealed class WrongProjectionTests(ITestOutputHelper output)
{
    /// <summary>A wrong projection, and the smallest networks and kernels that show it: one that mixes input channels needs two of them.</summary>
    public static TheoryData<string, string, string> Smallest => new()
    {
        { "projection-lambda-0.99", "model=block batch=1 image=4,4 channels=1 width=1 classes=2 rate=0.001", "out=1 taps=2 in=1 steps=1 rate=0.001" },
        { "projection-skipped", "model=block batch=1 image=4,4 channels=1 width=1 classes=2 rate=0.001", "out=1 taps=2 in=1 steps=1 rate=0.001" },
        { "projection-over-channels", "model=block batch=1 image=4,4 channels=2 width=1 classes=2 rate=0.001", "out=1 taps=2 in=2 steps=1 rate=0.001" },
        { "projection-over-filter", "model=block batch=1 image=4,4 channels=2 width=1 classes=2 rate=0.001", "out=1 taps=2 in=2 steps=1 rate=0.001" },
        { "step-from-unprojected-gradient", "model=block batch=1 image=4,4 channels=1 width=1 classes=2 rate=0.001", "out=1 taps=2 in=1 steps=1 rate=0.001" },
    };

    [Theory]
    [MemberData(nameof(Smallest))]
    public void The_property_fails_and_shrinks_with(string projection, string network, string kernel)
    {
        using Subject wrong = FaultCatalog.Witnesses.First(witness => witness.Law == "plan-isocline" && witness.Fault.Name == projection).Open();
        var networks = Counterexample<TrainedNetwork>.Against(given => Laws.Hold("plan-isocline", given, wrong), Arbitraries.TrainedNetworks());
        output.WriteLine(networks.Text);
        var kernels = Counterexample<Trajectory>.Against(given => Laws.Hold("isocline", given, wrong), Arbitraries.Trajectories());
        output.WriteLine(kernels.Text);
        Assert.Equal((network, kernel), ($"{networks.Shrunk.Case.Parameters}", $"{kernels.Shrunk.Case.Parameters}"));
        Assert.Contains($"msr verify --backend NAME --case \"{networks.Shrunk.Case}\"", networks.Text, StringComparison.Ordinal);
    }
}
