using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Execution;

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

/// <summary>The primary context of a device, from the first retain to the last release.</summary>
internal sealed class PrimaryContext : IEmulatedResource
{
    /// <summary>Makes the context, with its default stream.</summary>
    /// <param name="device">The device.</param>
    public PrimaryContext(EmulatedDevice device)
    {
        Device = device;
        Access = new DeviceAccess(device.Memory);
        DefaultStream = new EmulatedStream(this, isBlocking: true, isDefault: true);
    }

    /// <inheritdoc/>
    public static string Kind => "context";

    /// <summary>The device.</summary>
    public EmulatedDevice Device { get; }

    /// <summary>Checked access to its memory.</summary>
    public DeviceAccess Access { get; }

    /// <summary>The stream that handle 0 stands for.</summary>
    public EmulatedStream DefaultStream { get; }
}

/// <summary>The attributes of an emulated device, by the driver's numbers.</summary>
internal static class DeviceAttributes
{
    /// <summary>The largest extent of a block along x, y and z.</summary>
    public static (uint X, uint Y, uint Z) LargestBlock => (1024, 1024, 64);

    /// <summary>The largest extent of a grid along x, y and z.</summary>
    public static (uint X, uint Y, uint Z) LargestGrid => (int.MaxValue, 65535, 65535);

    /// <summary>Threads of a block.</summary>
    public const int LargestThreads = 1024;

    /// <summary>Bytes of shared memory that a block has without asking for more.</summary>
    public const int SharedBytes = 48 << 10;

    /// <summary>An attribute.</summary>
    /// <param name="attribute">Its number.</param>
    /// <param name="capability">The compute capability, 10 × major + minor.</param>
    /// <exception cref="CallFailedException">The emulation does not know it.</exception>
    public static int Get(int attribute, int capability) => attribute switch
    {
        1 => LargestThreads,
        2 => (int)LargestBlock.X,
        3 => (int)LargestBlock.Y,
        4 => (int)LargestBlock.Z,
        5 => (int)LargestGrid.X,
        6 => (int)LargestGrid.Y,
        7 => (int)LargestGrid.Z,
        8 => SharedBytes,
        10 => 32,
        12 => 65536,
        13 => 1_500_000,
        16 => 16,
        36 => 1_000_000,
        37 => 256,
        38 => 4 << 20,
        39 => 2048,
        75 => capability / 10,
        76 => capability % 10,
        81 => 96 << 10,
        97 => 96 << 10,
        _ => throw CallFailedException.Fault(
            CudaStatus.InvalidValue, $"The emulated device has no attribute {attribute}: add it to {nameof(DeviceAttributes)}."),
    };
}
