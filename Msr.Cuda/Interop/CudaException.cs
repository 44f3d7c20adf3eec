namespace Msr.Cuda.Interop;

/// <summary>
/// A call of CUDA, cuBLAS or cuDNN that failed, or a library or device that cannot be used. The message is one sentence: which call, why,
/// what to do. A device works asynchronously: the call that reports a failed kernel may be a later one than the call that launched it.
/// </summary>
public sealed class CudaException : Exception
{
    /// <summary>States what cannot be used where no call failed, such as a library without an export or a driver that is too old.</summary>
    /// <param name="message">One sentence: what, where, what to do.</param>
    public CudaException(string message)
        : base(message)
    {
    }

    /// <summary>States which call failed.</summary>
    /// <param name="message">One sentence: which call, why, what to do.</param>
    /// <param name="call">The name of the function.</param>
    /// <param name="status">The status it returned.</param>
    /// <param name="statusName">The name of that status.</param>
    internal CudaException(string message, string call, int status, string statusName)
        : base(message) => (Call, Status, StatusName) = (call, status, statusName);

    private CudaException(CudaException cause, string operation)
        : base($"{operation}: {cause.Message}", cause) =>
        (Call, Status, StatusName, Operation) = (cause.Call, cause.Status, cause.StatusName, operation);

    /// <summary>The function that failed, such as <c>cuMemAlloc_v2</c>; empty where no call failed.</summary>
    public string Call { get; } = "";

    /// <summary>The status it returned, of its own library's numbering; 0 where no call failed.</summary>
    public int Status { get; }

    /// <summary>The name of the status, such as <c>CUDA_ERROR_OUT_OF_MEMORY</c>; empty where no call failed.</summary>
    public string StatusName { get; } = "";

    /// <summary>The op that was running, where the backend knows it; it then begins the message.</summary>
    public string? Operation { get; }

    /// <summary>The same failure, with the op that was running. This one becomes the inner exception.</summary>
    /// <param name="operation">The op's name.</param>
    internal CudaException During(string operation) => new(this, operation);
}
