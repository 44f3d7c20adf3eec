namespace Msr.Cuda.Interop;

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
