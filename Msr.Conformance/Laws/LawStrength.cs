namespace Msr.Conformance.Laws;

/// <summary>What a law rests on.</summary>
public enum LawStrength
{
    /// <summary>Results are known to the last bit, or memory was used as it may not be.</summary>
    Exact,

    /// <summary>A derived bound that no correct implementation can exceed.</summary>
    Theorem,

    /// <summary>A comparison of whole steps whose limit is calibrated by a float32 replay of the same step; see docs/adr/0004.</summary>
    Calibrated,
}
