using System.Collections.Immutable;
using Msr.Conformance.Laws;

namespace Msr.Conformance.Verification;

/// <summary>What came of a case.</summary>
/// <param name="Kind">The kind of op or plan.</param>
/// <param name="Text">The case in one line.</param>
/// <param name="Verdict">Passed, suspicious (which counts as passed), skipped or failed; a mistrusted case is a failed one.</param>
public sealed record CaseReport(string Kind, string Text, Verdict Verdict)
{
    /// <summary>Why the case was skipped or is suspicious; none otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>How it failed; none if it did not.</summary>
    public CaseFailure? Failure { get; init; }

    /// <summary>The largest error seen, as a multiple of its bound; 0 where nothing was bounded.</summary>
    public double ErrorOverBound { get; init; }

    /// <summary>What each law said, in the order of the kind's laws.</summary>
    public ImmutableArray<LawReport> Laws { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether it counts as passed.</summary>
    public bool Passed => Verdict is Verdict.Passed or Verdict.Suspicious;

    /// <summary>Whether it counts as failed.</summary>
    public bool Failed => Verdict is Verdict.Failed or Verdict.Mistrusted;
}
