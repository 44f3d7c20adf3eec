namespace Msr.Conformance.Verification;

/// <summary>Cases that were skipped for the same reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Cases">The cases in one line each.</param>
public sealed record SkipGroup(string Reason, IReadOnlyList<string> Cases);
