using Msr.Conformance.Faults;

namespace Msr.Conformance.Verification;

/// <summary>All faults of the kit: known defects that the laws must see.</summary>
public static class FaultCatalog
{
    /// <summary>All of them, by family.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. ConvolutionFaults.All,
        .. MemoryFaults.All,
        .. PrecisionFaults.All,
        .. OrderFaults.All,
        .. ActivationFaults.All,
        .. PoolFaults.All,
        .. BatchNormFaults.All,
        .. LossFaults.All,
        .. NoiseFaults.All,
        .. ProjectionFaults.All,
        .. OptimizerFaults.All,
        .. AdamFaults.All,
        .. StepFaults.All,
    ];

    /// <summary>The fault of a name; none if there is none.</summary>
    /// <param name="name">The name.</param>
    public static Fault? Find(string name) => All.FirstOrDefault(fault => fault.Name == name);
}
