namespace Msr.Conformance.Subjects;

/// <summary>What a guarded run of a case left behind.</summary>
/// <param name="Outputs">What every operand holds.</param>
/// <param name="Overrun">The operand beyond whose end or before whose beginning something was written, and where; none if all is well.</param>
/// <param name="Unwritten">The operand that still holds poison, and where.</param>
/// <param name="Changed">The input that was changed, and where.</param>
public sealed record Run(CaseData Outputs, string? Overrun, string? Unwritten, string? Changed);
