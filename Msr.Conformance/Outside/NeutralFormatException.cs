namespace Msr.Conformance.Outside;

/// <summary>A folder of stored cases, or one of its cases, is not in the format neutral-case/1. The message is one sentence that names the file.</summary>
/// <param name="message">The sentence.</param>
/// <param name="inner">The cause, if another exception is.</param>
public sealed class NeutralFormatException(string message, Exception? inner = null) : Exception(message, inner);
