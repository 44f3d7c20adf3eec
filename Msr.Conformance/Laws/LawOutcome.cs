namespace Msr.Conformance.Laws;

/// <summary>What a law says of a case, and why.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Message">Why, in one sentence without its full stop; none where there is nothing to say.</param>
/// <param name="ErrorOverBound">The largest error seen, as a multiple of its bound; 0 where nothing was bounded.</param>
public sealed record LawOutcome(Verdict Verdict, string? Message = null, double ErrorOverBound = 0)
{
    /// <summary>The law holds.</summary>
    public static LawOutcome Passed { get; } = new(Verdict.Passed);

    /// <summary>The law holds.</summary>
    /// <param name="errorOverBound">The largest error, as a multiple of its bound.</param>
    public static LawOutcome Holds(double errorOverBound) => new(Verdict.Passed, null, errorOverBound);

    /// <summary>The law does not apply.</summary>
    /// <param name="reason">Why not.</param>
    public static LawOutcome Skipped(string reason) => new(Verdict.Skipped, reason);

    /// <summary>The law is broken.</summary>
    /// <param name="message">How.</param>
    public static LawOutcome Failed(string message) => new(Verdict.Failed, message);

    /// <summary>The law is broken if there is a message, and holds if there is none.</summary>
    /// <param name="message">What is wrong.</param>
    public static LawOutcome FailedIf(string? message) => message is null ? Passed : Failed(message);
}
