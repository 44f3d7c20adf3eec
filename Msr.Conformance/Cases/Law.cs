using Msr.Conformance.Subjects;

namespace Msr.Conformance.Cases;

/// <summary>A statement that holds for every case of some kinds on every correct backend.</summary>
public abstract class Law
{
    /// <summary>The name, in kebab case.</summary>
    public abstract string Name { get; }

    /// <summary>The statement in one sentence.</summary>
    public abstract string Statement { get; }

    /// <summary>The basis of the law.</summary>
    public abstract LawStrength Strength { get; }

    /// <summary>Checks one case on one backend.</summary>
    /// <param name="testCase">The case.</param>
    /// <param name="subject">The backend.</param>
    public abstract LawOutcome Check(TestCase testCase, Subject subject);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The basis of a law.</summary>
public enum LawStrength
{
    /// <summary>Results are known to the last bit, or memory was used as it may not be.</summary>
    Exact,

    /// <summary>A derived bound that no correct implementation can exceed.</summary>
    Theorem,

    /// <summary>A comparison of whole steps whose limit is calibrated by a float32 replay of the same step; see docs/adr/0004.</summary>
    Calibrated,
}

/// <summary>A law's verdict on a case, and why.</summary>
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

/// <summary>A law's verdict on a case.</summary>
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
