namespace Msr.Cuda.Emulation.Faults;

/// <summary>A fault that the emulation found: in a kernel, in its launch, in its text or in a call of the emulated libraries.</summary>
public sealed class EmulationException : Exception
{
    /// <summary>A fault without a description.</summary>
    public EmulationException()
    {
    }

    /// <summary>A fault.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    public EmulationException(string message)
        : base(message)
    {
    }

    /// <summary>A fault with a cause.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public EmulationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A misuse of CUDA that the emulation caught.</summary>
/// <param name="Export">The call that failed for it.</param>
/// <param name="Call">Which of all calls that was, 1 for the first; 0 where no call was under way.</param>
/// <param name="Status">The status it returned, of its own library's numbering.</param>
/// <param name="Cause">What was wrong.</param>
public sealed record EmulationFault(string Export, long Call, int Status, Exception Cause)
{
    /// <summary>What was wrong, in one sentence.</summary>
    public string Message => Cause.Message;

    /// <inheritdoc/>
    public override string ToString() => $"{Export} (call {Call}, status {Status}): {Message}";
}
