using Msr.Conformance.Laws;

namespace Msr.Conformance.Verification;

/// <summary>How much a verification draws, and with how many threads.</summary>
public sealed record VerifySettings
{
    /// <summary>Cases drawn for each kind.</summary>
    public int Count { get; init; } = 20;

    /// <summary>The seed of the run: the same seed draws the same cases.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many cases are checked at a time, each on a subject of its own; 0 for one per core. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>The laws to check instead of each kind's own; null for its own.</summary>
    public IReadOnlyList<Law>? Laws { get; init; }

    /// <summary>How many smaller cases are tried at most when one fails.</summary>
    public int ShrinkAttempts { get; init; } = 500;
}
