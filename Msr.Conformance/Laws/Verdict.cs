namespace Msr.Conformance.Laws;

/// <summary>What a law says of a case.</summary>
public enum Verdict
{
    /// <summary>The law holds.</summary>
    Passed,

    /// <summary>The law holds, but an error is larger than honest rounding of zero-mean data makes likely. It informs and counts as passed.</summary>
    Suspicious,

    /// <summary>The law does not apply; the message says why.</summary>
    Skipped,

    /// <summary>The check proves nothing, because nearly every result is 0. A generated case that proves nothing is a defect of the kit: it fails.</summary>
    Mistrusted,

    /// <summary>A theorem, or an exact statement, is broken.</summary>
    Failed,
}
