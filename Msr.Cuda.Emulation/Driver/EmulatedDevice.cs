using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>
/// A device: memory, the machine that runs kernels on it, and the primary context while anybody retains it. Two devices hand out the same addresses,
/// so an address of one that is used on the other is caught only where the other has nothing there.
/// </summary>
internal sealed class EmulatedDevice
{
    /// <summary>Makes a device.</summary>
    /// <param name="ordinal">Its number.</param>
    public EmulatedDevice(int ordinal)
    {
        Ordinal = ordinal;
        Memory = new GlobalMemory();
        Machine = new PtxMachine(Memory);
    }

    /// <summary>Its number.</summary>
    public int Ordinal { get; }

    /// <summary>Its memory, which knows what is allocated and what was written.</summary>
    public GlobalMemory Memory { get; }

    /// <summary>What runs its kernels.</summary>
    public PtxMachine Machine { get; }

    /// <summary>Its primary context; null while nobody retains it.</summary>
    public PrimaryContext? Context { get; set; }

    /// <summary>That context's handle; 0 while there is none.</summary>
    public nint ContextHandle { get; set; }

    /// <summary>How often the context is retained.</summary>
    public int Retains { get; set; }
}
