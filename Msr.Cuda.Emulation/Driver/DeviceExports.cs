using System.Text;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Execution;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The driver's functions for starting, for devices, for contexts and for the names of errors.</summary>
internal sealed unsafe class DeviceExports : ExportGroup
{
    private readonly EmulatedDriver _driver;
    private readonly NativeText _text;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The driver's library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The state.</param>
    /// <param name="text">Texts that are handed out.</param>
    public DeviceExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver, NativeText text)
        : base(library, gate)
    {
        (_driver, _text) = (driver, text);
        library.Add<DriverFunctions.cuInit>(cuInit);
        library.Add<DriverFunctions.cuDriverGetVersion>(cuDriverGetVersion);
        library.Add<DriverFunctions.cuDeviceGetCount>(cuDeviceGetCount);
        library.Add<DriverFunctions.cuDeviceGet>(cuDeviceGet);
        library.Add<DriverFunctions.cuDeviceGetName>(cuDeviceGetName);
        library.Add<DriverFunctions.cuDeviceGetAttribute>(cuDeviceGetAttribute);
        library.Add<DriverFunctions.cuDeviceTotalMem_v2>(cuDeviceTotalMem_v2);
        library.Add<DriverFunctions.cuDevicePrimaryCtxRetain>(cuDevicePrimaryCtxRetain);
        library.Add<DriverFunctions.cuDevicePrimaryCtxRelease_v2>(cuDevicePrimaryCtxRelease_v2);
        library.Add<DriverFunctions.cuCtxSetCurrent>(cuCtxSetCurrent);
        library.Add<DriverFunctions.cuCtxGetCurrent>(cuCtxGetCurrent);
        library.Add<DriverFunctions.cuCtxSynchronize>(cuCtxSynchronize);
        library.Add<DriverFunctions.cuGetErrorName>(cuGetErrorName);
        library.Add<DriverFunctions.cuGetErrorString>(cuGetErrorString);
    }

    private int cuInit(uint flags) => Run(nameof(cuInit), () =>
    {
        if (flags != 0)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"cuInit: the flags must be 0, not {flags}.");
        }

        int status = _driver.Options.InitStatus != 0 ? _driver.Options.InitStatus : _driver.Devices.Count == 0 ? CudaStatus.NoDevice : 0;
        if (status != 0)
        {
            throw CallFailedException.Failure(status, $"cuInit returns {CudaStatus.NameOf(status)} in this installation.");
        }

        _driver.IsInitialized = true;
    });

    private int cuDriverGetVersion(int* version) => Run(nameof(cuDriverGetVersion), () =>
    {
        NotNull(version, "version", CudaStatus.InvalidValue);
        *version = _driver.Options.DriverVersion;
    });

    private int cuDeviceGetCount(int* count) => Run(nameof(cuDeviceGetCount), () =>
    {
        NotNull(count, "count", CudaStatus.InvalidValue);
        _driver.RequireInitialized();
        *count = _driver.Devices.Count;
    });

    private int cuDeviceGet(int* device, int ordinal) => Run(nameof(cuDeviceGet), () =>
    {
        NotNull(device, "device", CudaStatus.InvalidValue);
        _driver.RequireInitialized();

        // Programs ask for one device too many to learn how many there are: a failure, but not a misuse.
        if ((uint)ordinal >= (uint)_driver.Devices.Count)
        {
            throw CallFailedException.Failure(CudaStatus.InvalidDevice, $"There is no device {ordinal}; the installation has {_driver.Devices.Count}.");
        }

        *device = ordinal;
    });

    private int cuDeviceGetName(byte* text, int room, int device) => Run(nameof(cuDeviceGetName), () =>
    {
        NotNull(text, "name", CudaStatus.InvalidValue);
        EmulatedDevice named = _driver.Device(device);
        if (room < 1)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"cuDeviceGetName: the buffer holds {room} bytes; it must hold at least 1.");
        }

        WriteText($"Msr emulated GPU {named.Ordinal}", text, room);
    });

    private int cuDeviceGetAttribute(int* value, int attribute, int device) => Run(nameof(cuDeviceGetAttribute), () =>
    {
        NotNull(value, "attribute", CudaStatus.InvalidValue);
        _ = _driver.Device(device);
        *value = DeviceAttributes.Get(attribute, _driver.Options.ComputeCapability);
    });

    private int cuDeviceTotalMem_v2(nuint* bytes, int device) => Run(nameof(cuDeviceTotalMem_v2), () =>
    {
        NotNull(bytes, "size", CudaStatus.InvalidValue);
        _ = _driver.Device(device);
        *bytes = (nuint)_driver.Options.DeviceMemory;
    });

    private int cuDevicePrimaryCtxRetain(nint* context, int device) => Run(nameof(cuDevicePrimaryCtxRetain), () =>
    {
        NotNull(context, "context", CudaStatus.InvalidValue);
        EmulatedDevice retained = _driver.Device(device);
        _driver.ThrowIfSticky();
        if (retained.Retains == 0)
        {
            retained.Context = new PrimaryContext(retained);
            retained.ContextHandle = _driver.Handles.Add(retained.Context);
        }

        retained.Retains++;
        *context = retained.ContextHandle;
    });

    private int cuDevicePrimaryCtxRelease_v2(int device) => Release(nameof(cuDevicePrimaryCtxRelease_v2), () =>
    {
        EmulatedDevice released = _driver.Device(device);
        if (released.Retains == 0)
        {
            throw CallFailedException.Fault(
                CudaStatus.InvalidContext, $"The primary context of device {device} was released more often than retained.");
        }

        if (--released.Retains == 0)
        {
            _driver.Handles.Remove<PrimaryContext>(released.ContextHandle, CudaStatus.InvalidContext);
            (released.Context, released.ContextHandle) = (null, 0);
        }

        _driver.ThrowIfSticky();
    });

    private int cuCtxSetCurrent(nint context) => Run(nameof(cuCtxSetCurrent), () =>
    {
        _driver.RequireInitialized();
        if (context != 0)
        {
            _ = _driver.Handles.Get<PrimaryContext>(context, CudaStatus.InvalidContext);
        }

        _driver.CurrentHandle = context;
    });

    private int cuCtxGetCurrent(nint* context) => Run(nameof(cuCtxGetCurrent), () =>
    {
        NotNull(context, "context", CudaStatus.InvalidValue);
        _driver.RequireInitialized();
        *context = _driver.CurrentHandle;
    });

    private int cuCtxSynchronize() => Run(nameof(cuCtxSynchronize), () =>
    {
        PrimaryContext context = _driver.Context();
        _driver.RefuseDuringCapture(nameof(cuCtxSynchronize));
        _driver.Drain(context);
    });

    private int cuGetErrorName(int status, byte** text) => Run(nameof(cuGetErrorName), () => Describe(status, text, isName: true));

    private int cuGetErrorString(int status, byte** text) => Run(nameof(cuGetErrorString), () => Describe(status, text, isName: false));

    private void Describe(int status, byte** text, bool isName)
    {
        NotNull(text, "text", CudaStatus.InvalidValue);
        *text = null;
        if (!CudaStatus.TryDescribe(status, out string name, out string meaning))
        {
            throw CallFailedException.Failure(CudaStatus.InvalidValue, $"The status {status} is unknown.");
        }

        *text = (byte*)_text[isName ? name : meaning];
    }

    private static void WriteText(string text, byte* destination, int room)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int written = Math.Min(bytes.Length, room - 1);
        bytes.AsSpan(0, written).CopyTo(new Span<byte>(destination, room));
        destination[written] = 0;
    }
}

/// <summary>
/// A device: memory, the machine that runs kernels on it, and the primary context while it is retained. Two devices hand out the same addresses,
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

    /// <summary>The machine that runs its kernels.</summary>
    public PtxMachine Machine { get; }

    /// <summary>Its primary context; null while it is not retained.</summary>
    public PrimaryContext? Context { get; set; }

    /// <summary>That context's handle; 0 while there is none.</summary>
    public nint ContextHandle { get; set; }

    /// <summary>The number of times the context is retained.</summary>
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
    public static (uint X, uint Y, uint Z) MaxBlock => (1024, 1024, 64);

    /// <summary>The largest extent of a grid along x, y and z.</summary>
    public static (uint X, uint Y, uint Z) MaxGrid => (int.MaxValue, 65535, 65535);

    /// <summary>Threads of a block.</summary>
    public const int MaxThreads = 1024;

    /// <summary>Bytes of shared memory that a block has without asking for more.</summary>
    public const int SharedBytes = 48 << 10;

    /// <summary>An attribute.</summary>
    /// <param name="attribute">Its number.</param>
    /// <param name="capability">The compute capability, 10 × major + minor.</param>
    /// <exception cref="CallFailedException">The emulated device does not define it.</exception>
    public static int Get(int attribute, int capability) => attribute switch
    {
        1 => MaxThreads,
        2 => (int)MaxBlock.X,
        3 => (int)MaxBlock.Y,
        4 => (int)MaxBlock.Z,
        5 => (int)MaxGrid.X,
        6 => (int)MaxGrid.Y,
        7 => (int)MaxGrid.Z,
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
            CudaStatus.InvalidValue, $"The emulated device does not define attribute {attribute}: add it to {nameof(DeviceAttributes)}."),
    };
}
