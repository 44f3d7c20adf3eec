namespace Msr.Cuda.Interop;

/// <summary>
/// A call of CUDA, cuBLAS or cuDNN that failed, or a library or device that cannot be used. The message is one sentence: the call, the
/// reason and the remedy. A device is asynchronous: a failed kernel may be reported by a later call than the one that launched it.
/// </summary>
public sealed class CudaException : Exception
{
    /// <summary>An exception without a failed call, such as for a missing export or an old driver.</summary>
    /// <param name="message">One sentence: the problem, its place and its remedy.</param>
    public CudaException(string message)
        : base(message)
    {
    }

    /// <summary>An exception for a failed call.</summary>
    /// <param name="message">One sentence: the call, the reason and the remedy.</param>
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

/// <summary>Advice for the driver errors that a user can fix.</summary>
internal static class DriverAdvice
{
    /// <summary>CUDA_ERROR_NO_DEVICE.</summary>
    public const int NoDevice = 100;

    /// <summary>One sentence without its full stop; null where there is nothing better to say than the error's own text.</summary>
    /// <param name="status">The driver's status.</param>
    public static string? For(int status) => status switch
    {
        2 => "use a smaller batch, or free memory on the device that other programs hold",
        34 => "this is the toolkit's stub, not a driver, install the NVIDIA driver or remove the stubs folder from the library path",
        NoDevice => "the driver finds no device, check `nvidia-smi`, CUDA_VISIBLE_DEVICES and, in a container, its access to the GPU",
        201 => "no context is current on this thread, which is a bug of this program, please report it",
        218 => "the driver rejects the kernels, which is a bug of this program or its build, please report it with the log",
        222 => "the driver is too old for the kernels, install a driver for CUDA 12 or newer",
        500 => "the name does not exist in the library or the kernels, rebuild both from the same sources",
        700 => "a kernel accessed memory out of bounds, the process must restart, please report it (`compute-sanitizer` names the kernel)",
        719 => "a kernel failed, the process must restart, see `dmesg` for the driver's message",
        803 => "the driver's library and its kernel module have different versions, restart the machine or install matching versions",
        _ => null,
    };
}

/// <summary>Reads the name of a C function out of the C# expression that called it.</summary>
internal static class CallName
{
    /// <summary>The name before the first bracket, less what qualifies it: <c>cuInit</c> of <c>_api.cuInit(0)</c>.</summary>
    /// <param name="expression">The text of the call.</param>
    public static string Of(string expression)
    {
        int bracket = expression.IndexOf('(', StringComparison.Ordinal);
        string called = bracket < 0 ? expression : expression[..bracket];
        return called[(called.LastIndexOf('.') + 1)..];
    }
}
