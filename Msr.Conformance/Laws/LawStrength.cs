namespace Msr.Conformance.Laws;

/// <summary>What a law rests on.</summary>
public enum LawStrength
{
    /// <summary>Results are known to the last bit, or memory was used as it may not be.</summary>
    Exact,

    /// <summary>A derived bound that no correct implementation can exceed.</summary>
    Theorem,
}
