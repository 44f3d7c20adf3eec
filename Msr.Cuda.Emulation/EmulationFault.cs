namespace Msr.Cuda.Emulation;

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
