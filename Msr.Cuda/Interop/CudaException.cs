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

/// <summary>What to do about the errors of the driver that a user can do something about.</summary>
internal static class DriverAdvice
{
    /// <summary>CUDA_ERROR_NO_DEVICE.</summary>
    public const int NoDevice = 100;

    /// <summary>One sentence without its full stop; null where there is nothing better to say than the error's own text.</summary>
    /// <param name="status">The driver's status.</param>
    public static string? For(int status) => status switch
    {
        2 => "use a smaller batch, or free memory on the device that other programs hold",
        34 => "this is the toolkit's stub and no driver, install the NVIDIA driver or take the stubs folder out of the library path",
        NoDevice => "the driver finds no device, check `nvidia-smi`, CUDA_VISIBLE_DEVICES and, in a container, that it was given the GPU",
        201 => "no context is current on this thread, which is a fault of this program, please report it",
        218 => "the driver refuses the kernels, which is a fault of this program or of its build, please report it with the log",
        222 => "the driver is too old for the kernels, install a driver for CUDA 12 or newer",
        500 => "the library or the kernels lack the name, rebuild so that both come from the same sources",
        700 => "a kernel reached outside its memory, the process must restart, please report it (`compute-sanitizer` names the kernel)",
        719 => "a kernel failed, the process must restart, see `dmesg` for the device's own message",
        803 => "the driver's library and its kernel module differ, restart the machine or install matching versions",
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
