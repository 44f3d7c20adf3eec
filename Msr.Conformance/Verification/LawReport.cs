using Msr.Conformance.Laws;

namespace Msr.Conformance.Verification;

/// <summary>What a law said of a case.</summary>
/// <param name="Law">The name of the law.</param>
/// <param name="Outcome">What it said.</param>
public sealed record LawReport(string Law, LawOutcome Outcome);
