using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The state of the emulated driver, and the checks that its functions and the libraries above it share.</summary>
internal sealed class EmulatedDriver : IDisposable
{
    private readonly ThreadLocal<nint> _current = new();
    private readonly List<StreamCapture> _captures = [];
    private readonly CallGate _gate;
    private long _ticks;

    /// <summary>Makes a driver with its devices.</summary>
    /// <param name="options">The installation.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="handles">The handles of the installation.</param>
    public EmulatedDriver(EmulationOptions options, CallGate gate, HandleTable handles)
    {
        (Options, _gate, Handles) = (options, gate, handles);
        Devices = [.. Enumerable.Range(0, options.DeviceCount).Select(ordinal => new EmulatedDevice(ordinal))];
    }

    /// <summary>The installation.</summary>
    public EmulationOptions Options { get; }

    /// <summary>The handles of the installation.</summary>
    public HandleTable Handles { get; }

    /// <summary>The devices.</summary>
    public IReadOnlyList<EmulatedDevice> Devices { get; }

    /// <summary>Pinned host memory.</summary>
    public PinnedMemory Pinned { get; } = new();

    /// <summary>Whether <c>cuInit</c> succeeded.</summary>
    public bool IsInitialized { get; set; }

    /// <summary>The handle of the context that is current on the calling thread; 0 for none.</summary>
    public nint CurrentHandle
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    /// <summary>The number of open captures.</summary>
    public int OpenCaptures => _captures.Count;

    /// <summary>The next time: every piece of work and every reading of the clock takes one tick, so times are deterministic.</summary>
    public long Tick() => ++_ticks;

    /// <summary>Refuses everything before <c>cuInit</c>.</summary>
    public void RequireInitialized()
    {
        if (!IsInitialized)
        {
            throw CallFailedException.Fault(CudaStatus.NotInitialized, "The driver is not initialized: call cuInit first.");
        }
    }

    /// <summary>A device by its number.</summary>
    /// <param name="ordinal">The number.</param>
    public EmulatedDevice Device(int ordinal)
    {
        RequireInitialized();
        return (uint)ordinal < (uint)Devices.Count
            ? Devices[ordinal]
            : throw CallFailedException.Fault(CudaStatus.InvalidDevice, $"There is no device {ordinal}; the installation has {Devices.Count}.");
    }

    /// <summary>The context that is current on the calling thread, on a device that has not failed.</summary>
    /// <exception cref="CallFailedException">There is none, it was destroyed, or the device has failed.</exception>
    public PrimaryContext Context()
    {
        PrimaryContext context = ContextForRelease();
        _gate.ThrowIfSticky();
        return context;
    }

    /// <summary>The context that is current on the calling thread, even after the device has failed: releases still release.</summary>
    public PrimaryContext ContextForRelease()
    {
        RequireInitialized();
        nint handle = CurrentHandle;
        if (handle == 0)
        {
            throw CallFailedException.Fault(
                CudaStatus.InvalidContext, "No context is current on this thread: call cuCtxSetCurrent on every thread that calls the driver.");
        }

        return Devices.FirstOrDefault(device => device.ContextHandle == handle)?.Context
            ?? throw CallFailedException.Fault(CudaStatus.ContextIsDestroyed, "The context that is current on this thread was released.");
    }

    /// <summary>Reports a failed device, after a releasing call has released.</summary>
    public void ThrowIfSticky() => _gate.ThrowIfSticky();

    /// <summary>The live stream of a handle, in the current context.</summary>
    /// <param name="handle">The handle; 0 for the default stream.</param>
    public EmulatedStream Stream(nint handle)
    {
        PrimaryContext context = Context();
        return handle switch
        {
            0 => context.DefaultStream,
            1 or 2 => throw CallFailedException.Fault(
                CudaStatus.NotSupported, $"The special stream {handle} is not supported: create a stream."),
            _ => Same(context, Handles.Get<EmulatedStream>(handle, CudaStatus.InvalidHandle), stream => stream.Context),
        };
    }

    /// <summary>The live resource of a handle, in the current context.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="contextOf">The context that a resource belongs to.</param>
    public TResource Owned<TResource>(nint handle, Func<TResource, PrimaryContext> contextOf)
        where TResource : class, IEmulatedResource => Same(Context(), Handles.Get<TResource>(handle, CudaStatus.InvalidHandle), contextOf);

    /// <summary>Gives work to a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The name of the work, for messages.</param>
    /// <param name="run">The work.</param>
    public void Enqueue(EmulatedStream stream, string name, Action run)
    {
        if (stream.IsDefault && _captures.Find(capture => capture.Origin.IsBlocking && capture.Origin.Context == stream.Context) is { } disturbed)
        {
            disturbed.Invalidate($"{name} was queued on the default stream, which waits for the captured one.");
            throw CallFailedException.Fault(CudaStatus.CaptureImplicit, $"{name} on the default stream would wait for a stream that is captured.");
        }

        DrainOrderedBefore(stream);
        stream.Enqueue(new WorkItem(name, () =>
        {
            Tick();
            if (Options.DoesWork)
            {
                run();
            }
        }));
        if (!Options.DelaysWork)
        {
            stream.Drain();
        }
    }

    /// <summary>Runs all work of a context, as the host does when it waits for the context or frees memory.</summary>
    /// <param name="context">The context.</param>
    public void Drain(PrimaryContext context)
    {
        context.DefaultStream.Drain();
        foreach (EmulatedStream stream in Handles.All<EmulatedStream>().Where(stream => stream.Context == context))
        {
            stream.Drain();
        }
    }

    /// <summary>Runs all work of a context and then releases something, also where that work fails.</summary>
    /// <param name="context">The context.</param>
    /// <param name="release">The release.</param>
    public void DrainAndRelease(PrimaryContext context, Action release)
    {
        try
        {
            Drain(context);
        }
        finally
        {
            release();
        }
    }

    /// <summary>Refuses a call that waits or allocates while a capture forbids it, which invalidates that capture.</summary>
    /// <param name="export">The function.</param>
    public void RefuseDuringCapture(string export)
    {
        if (_captures.Find(capture => capture.ForbidsHere) is { } capture)
        {
            capture.Invalidate($"{export} was called during the capture.");
            throw CallFailedException.Fault(
                CudaStatus.CaptureUnsupported, $"{export} is not allowed while a stream is captured: call it before or after.");
        }
    }

    /// <summary>Begins to record a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="mode">0 global, 1 this thread, 2 relaxed.</param>
    public void BeginCapture(EmulatedStream stream, int mode)
    {
        StreamCapture capture = new(stream, mode);
        stream.Capture = capture;
        _captures.Add(capture);
    }

    /// <summary>Ends the recording of a stream.</summary>
    /// <param name="capture">The recording.</param>
    /// <returns>The graph.</returns>
    public EmulatedGraph EndCapture(StreamCapture capture)
    {
        _captures.Remove(capture);
        return new EmulatedGraph(capture.Origin.Context, capture.End(Handles.All<EmulatedStream>()));
    }

    /// <summary>Notes that a stream goes. A capture that it takes part in is invalidated; one that was begun on it is over.</summary>
    /// <param name="stream">The stream.</param>
    /// <exception cref="CallFailedException">There is such a capture.</exception>
    public void LeaveCapture(EmulatedStream stream)
    {
        if (stream.Capture is not { } capture)
        {
            return;
        }

        capture.Invalidate("A stream that takes part was destroyed.");
        if (capture.Origin == stream)
        {
            _captures.Remove(capture);
        }

        throw CallFailedException.Fault(
            CudaStatus.CaptureUnsupported, "The stream was destroyed during its capture: end the capture first.");
    }

    /// <summary>Frees pinned memory and thread slots.</summary>
    public void Dispose()
    {
        Pinned.Dispose();
        _current.Dispose();
    }

    /// <summary>The default stream and blocking streams wait for each other: the work of one that was queued before runs first.</summary>
    private void DrainOrderedBefore(EmulatedStream stream)
    {
        if (stream.IsDefault)
        {
            foreach (EmulatedStream blocking in Handles.All<EmulatedStream>().Where(other => other.IsBlocking && other.Context == stream.Context))
            {
                blocking.Drain();
            }
        }
        else if (stream is { IsBlocking: true, Capture: null })
        {
            stream.Context.DefaultStream.Drain();
        }
    }

    private static TResource Same<TResource>(PrimaryContext current, TResource resource, Func<TResource, PrimaryContext> contextOf)
        where TResource : class, IEmulatedResource => contextOf(resource) == current
        ? resource
        : throw CallFailedException.Fault(CudaStatus.InvalidHandle, $"The {TResource.Kind} belongs to a context that is not current on this thread.");
}
