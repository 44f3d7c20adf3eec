namespace Msr.Cli;

/// <summary>A command failed, and its exit code is known.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">The sentence for the user.</param>
/// <param name="inner">The cause, if another exception is.</param>
internal sealed class CommandFailedException(int code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The exit code.</summary>
    public int Code { get; } = code;
}
