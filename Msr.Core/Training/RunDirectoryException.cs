namespace Msr.Core.Training;

/// <summary>A directory cannot be used for a run. The message is one sentence that says why and what to do.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">The sentence.</param>
/// <param name="inner">The exception behind it, if there is one.</param>
public sealed class RunDirectoryException(RunDirectoryFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why it cannot be used.</summary>
    public RunDirectoryFault Fault { get; } = fault;
}
