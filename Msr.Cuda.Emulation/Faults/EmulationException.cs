namespace Msr.Cuda.Emulation.Faults;

/// <summary>A fault that the emulation found: in a kernel, in its launch, in its text or in a call of the emulated libraries.</summary>
public sealed class EmulationException : Exception
{
    /// <summary>A fault without a description.</summary>
    public EmulationException()
    {
    }

    /// <summary>A fault.</summary>
    /// <param name="message">The fault, its place and its remedy.</param>
    public EmulationException(string message)
        : base(message)
    {
    }

    /// <summary>A fault with a cause.</summary>
    /// <param name="message">The fault, its place and its remedy.</param>
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
/// <param name="Cause">The fault.</param>
public sealed record EmulationFault(string Export, long Call, int Status, Exception Cause)
{
    /// <summary>The fault in one sentence.</summary>
    public string Message => Cause.Message;

    /// <inheritdoc/>
    public override string ToString() => $"{Export} (call {Call}, status {Status}): {Message}";
}

/// <summary>Ends an emulated call with a status. It never leaves the emulation: the gate of calls turns it into the return value.</summary>
internal sealed class CallFailedException : Exception
{
    private CallFailedException(int status, string message, bool isFault, bool isDriverStatus, Exception? inner)
        : base(message, inner) => (Status, IsFault, IsDriverStatus) = (status, isFault, isDriverStatus);

    /// <summary>The status.</summary>
    public int Status { get; }

    /// <summary>Whether the caller is at fault. Running out of memory is not a fault.</summary>
    public bool IsFault { get; }

    /// <summary>Whether the status is the driver's; a library on top of it then returns its own status for it.</summary>
    public bool IsDriverStatus { get; }

    /// <summary>A misuse of the driver, or of memory and streams by way of a library.</summary>
    /// <param name="status">The driver's status.</param>
    /// <param name="message">The fault.</param>
    /// <param name="inner">The exception that detected it, if any.</param>
    public static CallFailedException Fault(int status, string message, Exception? inner = null) => new(status, message, true, true, inner);

    /// <summary>A failure of the driver that is no misuse.</summary>
    /// <param name="status">The driver's status.</param>
    /// <param name="message">The failure.</param>
    public static CallFailedException Failure(int status, string message) => new(status, message, false, true, null);

    /// <summary>A misuse of cuBLAS or cuDNN itself.</summary>
    /// <param name="status">That library's status.</param>
    /// <param name="message">The fault.</param>
    public static CallFailedException LibraryFault(int status, string message) => new(status, message, true, false, null);

    /// <summary>A failure of cuBLAS or cuDNN that is no misuse.</summary>
    /// <param name="status">That library's status.</param>
    /// <param name="message">The failure.</param>
    public static CallFailedException LibraryFailure(int status, string message) => new(status, message, false, false, null);
}
