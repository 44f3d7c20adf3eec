namespace Msr.Conformance.Outside;

/// <summary>A stored case asks for something that no op of Msr computes: it is skipped for this reason.</summary>
/// <param name="message">The reason, without a full stop.</param>
internal sealed class UnsupportedCaseException(string message) : Exception(message);
