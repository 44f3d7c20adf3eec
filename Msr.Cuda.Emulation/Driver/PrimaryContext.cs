namespace Msr.Cuda.Emulation.Driver;

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
