using System.Runtime.InteropServices;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>
/// An emulated library some of whose functions do nothing and succeed: functions without a delegate or an object, so that whatever a thread
/// allocates was allocated by the code that called them. The emulation itself, unlike a driver, allocates.
/// </summary>
internal sealed unsafe class QuietLibrary(INativeLibrary emulated, params string[] quiet) : INativeLibrary
{
    [ThreadStatic]
    private static int t_launches;

    [ThreadStatic]
    private static int t_waits;

    /// <summary>How many graphs this thread launched.</summary>
    public static int Launches => t_launches;

    /// <summary>How many events this thread waited for.</summary>
    public static int Waits => t_waits;

    public string Name => emulated.Name;

    public bool TryGetExport(string export, out nint address)
    {
        if (!quiet.Contains(export))
        {
            return emulated.TryGetExport(export, out address);
        }

        address = export switch
        {
            "cuGraphLaunch" => (nint)(delegate* unmanaged<int>)&Launch,
            "cuEventSynchronize" => (nint)(delegate* unmanaged<int>)&Wait,
            _ => (nint)(delegate* unmanaged<int>)&Succeed,
        };
        return true;
    }

    public void Dispose() => emulated.Dispose();

    [UnmanagedCallersOnly]
    private static int Succeed() => 0;

    [UnmanagedCallersOnly]
    private static int Launch()
    {
        t_launches++;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Wait()
    {
        t_waits++;
        return 0;
    }
}
