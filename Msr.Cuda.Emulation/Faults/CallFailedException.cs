namespace Msr.Cuda.Emulation.Faults;

/// <summary>Ends an emulated call with a status. It never leaves the emulation: the gate of calls turns it into the return value.</summary>
internal sealed class CallFailedException : Exception
{
    private CallFailedException(int status, string message, bool isFault, bool isDriverStatus, Exception? inner)
        : base(message, inner) => (Status, IsFault, IsDriverStatus) = (status, isFault, isDriverStatus);

    /// <summary>The status.</summary>
    public int Status { get; }

    /// <summary>Whether the caller did wrong. Memory that has run out is nobody's fault.</summary>
    public bool IsFault { get; }

    /// <summary>Whether the status is the driver's; a library on top of it then returns its own status for it.</summary>
    public bool IsDriverStatus { get; }

    /// <summary>A misuse of the driver, or of memory and streams by way of a library.</summary>
    /// <param name="status">The driver's status.</param>
    /// <param name="message">What was wrong.</param>
    /// <param name="inner">What found it, if anything else did.</param>
    public static CallFailedException Fault(int status, string message, Exception? inner = null) => new(status, message, true, true, inner);

    /// <summary>A failure of the driver that is no misuse.</summary>
    /// <param name="status">The driver's status.</param>
    /// <param name="message">What failed.</param>
    public static CallFailedException Failure(int status, string message) => new(status, message, false, true, null);

    /// <summary>A misuse of cuBLAS or cuDNN itself.</summary>
    /// <param name="status">That library's status.</param>
    /// <param name="message">What was wrong.</param>
    public static CallFailedException LibraryFault(int status, string message) => new(status, message, true, false, null);

    /// <summary>A failure of cuBLAS or cuDNN that is no misuse.</summary>
    /// <param name="status">That library's status.</param>
    /// <param name="message">What failed.</param>
    public static CallFailedException LibraryFailure(int status, string message) => new(status, message, false, false, null);
}
