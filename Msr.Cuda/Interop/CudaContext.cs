using System.Runtime.InteropServices;
using System.Text;

namespace Msr.Cuda.Interop;

/// <summary>
/// The primary context of one device. Its resources hold references to it: the context is released when the last of them is disposed of, in any
/// order. A context is current per thread, so callers of the driver begin with <see cref="MakeCurrent"/>.
/// </summary>
internal sealed unsafe class CudaContext : SafeHandle
{
    private const int OldestDriver = 12000;
    private const int OldestCapability = 70;
    private const int MultiprocessorCountAttribute = 16;
    private const int MajorAttribute = 75;
    private const int MinorAttribute = 76;
    private const int NameRoom = 256;

    private readonly int _device;

    /// <summary>Initializes the driver and retains a device's primary context. It is not current yet.</summary>
    /// <param name="api">The driver.</param>
    /// <param name="device">The ordinal of the device, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is negative.</exception>
    /// <exception cref="CudaException">The device does not exist, the driver or device is too old, or the driver refuses.</exception>
    public CudaContext(DriverApi api, int device)
        : base(0, ownsHandle: true)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentOutOfRangeException.ThrowIfNegative(device);
        Api = api;
        api.Check(api.cuInit(0));
        DriverVersion = VersionOf(api);
        _device = DeviceOf(api, device);
        DeviceName = NameOf(api, _device);
        ComputeCapability = new Version(Attribute(MajorAttribute), Attribute(MinorAttribute));
        if ((ComputeCapability.Major * 10) + ComputeCapability.Minor < OldestCapability)
        {
            throw new CudaException(
                $"CUDA device {device}, {DeviceName}, has compute capability {ComputeCapability}; the kernels need 7.0 or newer: use "
                + "another device or the CPU.");
        }

        nuint total;
        api.Check(api.cuDeviceTotalMem_v2(&total, _device));
        TotalMemory = (long)total;
        MultiprocessorCount = Attribute(MultiprocessorCountAttribute);
        nint context;
        api.Check(api.cuDevicePrimaryCtxRetain(&context, _device));
        SetHandle(context);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The driver.</summary>
    public DriverApi Api { get; }

    /// <summary>The device's name, such as <c>NVIDIA H100 80GB HBM3</c>.</summary>
    public string DeviceName { get; }

    /// <summary>The device's compute capability, such as 9.0.</summary>
    public Version ComputeCapability { get; }

    /// <summary>The number of the device's multiprocessors.</summary>
    public int MultiprocessorCount { get; }

    /// <summary>The device's memory in bytes.</summary>
    public long TotalMemory { get; }

    /// <summary>The newest CUDA that the driver supports, such as 13.0.</summary>
    public Version DriverVersion { get; }

    /// <summary>The device's free memory in bytes; 0 where the driver does not tell. The context must be current.</summary>
    public long FreeMemory
    {
        get
        {
            nuint free = 0, total = 0;
            return Api.cuMemGetInfo_v2(&free, &total) == 0 ? (long)free : 0;
        }
    }

    /// <summary>
    /// Makes the context this thread's. It is one cheap call, and remembers nothing: others in the process may have changed the thread's
    /// context since.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The context was disposed of.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void MakeCurrent()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        Api.Check(Api.cuCtxSetCurrent(handle));
    }

    /// <summary>Waits for everything on the context, which must be current.</summary>
    /// <exception cref="CudaException">Something that was queued failed.</exception>
    public void Synchronize() => Api.Check(Api.cuCtxSynchronize());

    /// <summary>Makes the context current for a release, also after it was disposed of while others still hold it. Never throws.</summary>
    internal void MakeCurrentForRelease() => _ = Api.cuCtxSetCurrent(handle);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Api.cuDevicePrimaryCtxRelease_v2(_device) == 0;

    private static Version VersionOf(DriverApi api)
    {
        int version;
        api.Check(api.cuDriverGetVersion(&version));
        Version readable = new(version / 1000, version % 1000 / 10);
        return version >= OldestDriver
            ? readable
            : throw new CudaException($"{api.Library.Name} supports CUDA {readable} only: install a driver for CUDA 12 (525 or newer).");
    }

    private static int DeviceOf(DriverApi api, int ordinal)
    {
        int count, device;
        api.Check(api.cuDeviceGetCount(&count));
        if (count == 0)
        {
            throw api.Failure(DriverAdvice.NoDevice, nameof(api.cuDeviceGetCount));
        }

        if (ordinal >= count)
        {
            string devices = count == 1 ? "one device, number 0" : $"{count} devices, numbers 0 to {count - 1}";
            throw new CudaException($"There is no CUDA device {ordinal}: the driver sees {devices}, choose one of them.");
        }

        api.Check(api.cuDeviceGet(&device, ordinal));
        return device;
    }

    private static string NameOf(DriverApi api, int device)
    {
        byte* name = stackalloc byte[NameRoom];
        api.Check(api.cuDeviceGetName(name, NameRoom, device));
        ReadOnlySpan<byte> text = new(name, NameRoom);
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    private int Attribute(int attribute)
    {
        int value;
        Api.Check(Api.cuDeviceGetAttribute(&value, attribute, _device));
        return value;
    }
}

/// <summary>
/// A resource of a context. It holds references to the context and to the handles it needs until it is released. It is released once, never throws,
/// and may be disposed of in any order, on any thread, twice, or by the garbage collector. Releasing makes its context current.
/// </summary>
internal abstract class ContextHandle : SafeHandle
{
    private SafeHandle[] _needs = [];

    /// <summary>Makes the context current, for the derived constructor to make what it will own.</summary>
    /// <param name="context">Its context.</param>
    /// <exception cref="ObjectDisposedException">The context was disposed of.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    protected ContextHandle(CudaContext context)
        : base(0, ownsHandle: true)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.MakeCurrent();
        Context = context;
    }

    /// <inheritdoc/>
    public sealed override bool IsInvalid => handle == 0;

    /// <summary>Its context.</summary>
    public CudaContext Context { get; }

    /// <summary>The driver.</summary>
    protected DriverApi Api => Context.Api;

    /// <summary>The native handle or address. It keeps nothing alive: its user holds a reference to this.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    protected nint Live
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>Takes ownership of the native handle and references to the handles it needs.</summary>
    /// <param name="made">The native handle or address, not 0.</param>
    /// <param name="needs">The handles that must not be released before it; the context is always held.</param>
    /// <exception cref="ObjectDisposedException">Something it needs was disposed of; what was made is released again.</exception>
    protected void Own(nint made, params ReadOnlySpan<SafeHandle> needs)
    {
        SafeHandle[] held = [Context, .. needs];
        int count = 0;
        try
        {
            foreach (SafeHandle need in held)
            {
                bool added = false;
                need.DangerousAddRef(ref added);
                count++;
            }
        }
        catch (ObjectDisposedException)
        {
            Release(made);
            LetGo(held.AsSpan(0, count));
            throw;
        }

        _needs = held;
        SetHandle(made);
    }

    /// <summary>Releases what is owned. Never throws. The context is current.</summary>
    /// <param name="owned">The native handle or address.</param>
    /// <returns>Whether the library took it back; it does not where an earlier failure broke the context.</returns>
    protected abstract bool Release(nint owned);

    /// <inheritdoc/>
    protected sealed override bool ReleaseHandle()
    {
        Context.MakeCurrentForRelease();
        bool released = Release(handle);
        LetGo(_needs);
        return released;
    }

    private static void LetGo(ReadOnlySpan<SafeHandle> held)
    {
        for (int i = held.Length - 1; i >= 0; i--)
        {
            held[i].DangerousRelease();
        }
    }
}
