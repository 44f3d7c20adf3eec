namespace Msr.Conformance.Verification;

/// <summary>Where a verification stands.</summary>
/// <param name="Done">Cases that are done.</param>
/// <param name="Total">All cases.</param>
/// <param name="Failed">Cases that have failed so far.</param>
/// <param name="Last">The case that was done last.</param>
public sealed record VerifyProgress(int Done, int Total, int Failed, CaseReport Last);
