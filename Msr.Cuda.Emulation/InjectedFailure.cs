namespace Msr.Cuda.Emulation;

/// <summary>
/// A call that is to fail. A call that makes something makes nothing then; a call that destroys something destroys it all the same, as CUDA's do
/// when they report an earlier failure.
/// </summary>
public sealed record InjectedFailure
{
    /// <summary>Names the call.</summary>
    /// <param name="export">The function; null for any.</param>
    /// <param name="nthCall">Which of its calls, or of all calls; 1 for the first since the installation was made.</param>
    /// <param name="status">The status it returns, not 0, of its own library's numbering.</param>
    public InjectedFailure(string? export, long nthCall, int status)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nthCall, 1);
        ArgumentOutOfRangeException.ThrowIfZero(status);
        (Export, NthCall, Status) = (export, nthCall, status);
    }

    /// <summary>The function; null for any.</summary>
    public string? Export { get; }

    /// <summary>Which of its calls, or of all calls; 1 for the first.</summary>
    public long NthCall { get; }

    /// <summary>The status it returns.</summary>
    public int Status { get; }
}
