namespace Msr.Cuda.Emulation;

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
