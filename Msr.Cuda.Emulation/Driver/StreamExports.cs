using System.Collections.Immutable;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The driver's functions for streams and events.</summary>
internal sealed unsafe class StreamExports : ExportGroup
{
    private const uint NonBlocking = 1;
    private const uint NoTiming = 2;
    private const uint BlockingSync = 1;
    private const float MillisecondsPerTick = 0.001f;

    private readonly EmulatedDriver _driver;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The driver's library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The state.</param>
    public StreamExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<DriverFunctions.cuStreamCreate>(cuStreamCreate);
        library.Add<DriverFunctions.cuStreamDestroy_v2>(cuStreamDestroy_v2);
        library.Add<DriverFunctions.cuStreamSynchronize>(cuStreamSynchronize);
        library.Add<DriverFunctions.cuStreamWaitEvent>(cuStreamWaitEvent);
        library.Add<DriverFunctions.cuEventCreate>(cuEventCreate);
        library.Add<DriverFunctions.cuEventDestroy_v2>(cuEventDestroy_v2);
        library.Add<DriverFunctions.cuEventRecord>(cuEventRecord);
        library.Add<DriverFunctions.cuEventSynchronize>(cuEventSynchronize);
        library.Add<DriverFunctions.cuEventElapsedTime>(cuEventElapsedTime);
    }

    private int cuStreamCreate(nint* stream, uint flags) => Run(nameof(cuStreamCreate), () =>
    {
        NotNull(stream, "stream", CudaStatus.InvalidValue);
        PrimaryContext context = _driver.Context();
        RefuseFlags(flags & ~NonBlocking, flags, nameof(cuStreamCreate));
        *stream = _driver.Handles.Add(new EmulatedStream(context, isBlocking: flags == 0));
    });

    private int cuStreamDestroy_v2(nint stream) => Release(nameof(cuStreamDestroy_v2), () =>
    {
        _ = _driver.ContextForRelease();
        EmulatedStream destroyed = _driver.Handles.Remove<EmulatedStream>(stream, CudaStatus.InvalidHandle);
        _driver.LeaveCapture(destroyed);
        _driver.ThrowIfSticky();
        destroyed.Drain();
    });

    private int cuStreamSynchronize(nint stream) => Run(nameof(cuStreamSynchronize), () =>
    {
        EmulatedStream awaited = _driver.Stream(stream);
        _driver.RefuseDuringCapture(nameof(cuStreamSynchronize));
        if (awaited.Capture is { } capture)
        {
            capture.Invalidate("The host waited for the stream.");
            throw CallFailedException.Fault(CudaStatus.CaptureUnsupported, "The host cannot wait for a captured stream: end the capture first.");
        }

        awaited.Drain();
    });

    private int cuStreamWaitEvent(nint stream, nint awaited, uint flags) => Run(nameof(cuStreamWaitEvent), () =>
    {
        EmulatedStream waiting = _driver.Stream(stream);
        EmulatedEvent point = Event(awaited);
        RefuseFlags(flags, flags, nameof(cuStreamWaitEvent));
        switch (waiting.Capture, point.Capture)
        {
            case (null, null):
                _driver.Enqueue(waiting, nameof(cuStreamWaitEvent), point.Waiter());
                break;
            case (_, { IsEnded: true }):
                throw CallFailedException.Fault(CudaStatus.CapturedEvent, "The event was last recorded in a capture that has ended: record it again.");
            case ({ } own, { } other) when own != other:
                own.Invalidate("It waited for an event of another capture.");
                other.Invalidate("Another capture waited for one of its events.");
                throw CallFailedException.Fault(CudaStatus.CaptureMerge, "The stream is captured and the event belongs to another capture: two captures cannot be merged.");
            case ({ } own, null):
                own.Invalidate("It waited for an event from outside.");
                throw CallFailedException.Fault(
                    CudaStatus.CaptureIsolation, "The stream is captured and the event was recorded outside of the capture: record it on a captured stream.");
            case (_, { } capture):
                capture.Join(waiting, point.Known);
                break;
        }
    });

    private int cuEventCreate(nint* created, uint flags) => Run(nameof(cuEventCreate), () =>
    {
        NotNull(created, "event", CudaStatus.InvalidValue);
        PrimaryContext context = _driver.Context();
        RefuseFlags(flags & ~(NoTiming | BlockingSync), flags, nameof(cuEventCreate));
        *created = _driver.Handles.Add(new EmulatedEvent(context, hasTime: (flags & NoTiming) == 0));
    });

    private int cuEventDestroy_v2(nint destroyed) => Release(nameof(cuEventDestroy_v2), () =>
    {
        _ = _driver.ContextForRelease();
        _driver.Handles.Remove<EmulatedEvent>(destroyed, CudaStatus.InvalidHandle);
        _driver.ThrowIfSticky();
    });

    private int cuEventRecord(nint recorded, nint stream) => Run(nameof(cuEventRecord), () =>
    {
        EmulatedStream target = _driver.Stream(stream);
        EmulatedEvent point = Event(recorded);
        point.Capture = target.Capture;
        if (target.Capture is { } capture)
        {
            point.Known = capture.Known(target);
            return;
        }

        _driver.Enqueue(target, nameof(cuEventRecord), () => point.Time = _driver.Tick());
        point.Recorded(target);
    });

    private int cuEventSynchronize(nint awaited) => Run(nameof(cuEventSynchronize), () =>
    {
        EmulatedEvent point = Event(awaited);
        RefuseCaptured(point);
        _driver.RefuseDuringCapture(nameof(cuEventSynchronize));
        point.Waiter()();
    });

    private int cuEventElapsedTime(float* milliseconds, nint start, nint end) => Run(nameof(cuEventElapsedTime), () =>
    {
        NotNull(milliseconds, "time", CudaStatus.InvalidValue);
        (EmulatedEvent from, EmulatedEvent to) = (Event(start), Event(end));
        RefuseCaptured(from);
        RefuseCaptured(to);
        if (!from.HasTime || !to.HasTime || from.Time is not { } begun || to.Time is not { } ended)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidHandle, "cuEventElapsedTime: both events must be timed and recorded.");
        }

        *milliseconds = (ended - begun) * MillisecondsPerTick;
    });

    private EmulatedEvent Event(nint handle) => _driver.Owned<EmulatedEvent>(handle, point => point.Context);

    private static void RefuseCaptured(EmulatedEvent point)
    {
        if (point.Capture is not null)
        {
            throw CallFailedException.Fault(CudaStatus.CapturedEvent, "The event was last recorded in a capture: it has no time.");
        }
    }

    private static void RefuseFlags(uint unknown, uint flags, string export)
    {
        if (unknown != 0)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"{export}: the flags {flags} are not supported.");
        }
    }
}

/// <summary>A stream: a queue of work that runs in order. During a capture, work is recorded instead.</summary>
/// <param name="context">The context it belongs to.</param>
/// <param name="isBlocking">Whether it and the default stream wait for each other.</param>
/// <param name="isDefault">Whether it is that default stream.</param>
internal sealed class EmulatedStream(PrimaryContext context, bool isBlocking, bool isDefault = false) : IEmulatedResource
{
    private readonly Queue<WorkItem> _queue = new();
    private long _done;

    /// <inheritdoc/>
    public static string Kind => "stream";

    /// <summary>The context it belongs to.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>Whether it and the default stream wait for each other.</summary>
    public bool IsBlocking { get; } = isBlocking;

    /// <summary>Whether it is the context's default stream.</summary>
    public bool IsDefault { get; } = isDefault;

    /// <summary>The capture that records it; null for none.</summary>
    public StreamCapture? Capture { get; set; }

    /// <summary>The number of the work that was queued last, counted from 1.</summary>
    public long LastQueued => _done + _queue.Count;

    /// <summary>Queues work, or records it during a capture.</summary>
    /// <param name="item">The work.</param>
    public void Enqueue(WorkItem item)
    {
        if (Capture is { } capture)
        {
            capture.Add(this, item);
        }
        else
        {
            _queue.Enqueue(item);
        }
    }

    /// <summary>Runs all queued work in order.</summary>
    public void Drain() => RunThrough(long.MaxValue);

    /// <summary>Runs queued work in order, up to and including a number. After a failure the rest is dropped: the device has failed.</summary>
    /// <param name="last">The number of the work, as <see cref="LastQueued"/> counts.</param>
    public void RunThrough(long last)
    {
        try
        {
            while (_done < last && _queue.TryDequeue(out WorkItem? item))
            {
                _done++;
                item.Run();
            }
        }
        catch
        {
            _done += _queue.Count;
            _queue.Clear();
            throw;
        }
    }
}

/// <summary>An event: a point in the work of a stream.</summary>
/// <param name="context">The context it belongs to.</param>
/// <param name="hasTime">Whether it keeps the time.</param>
internal sealed class EmulatedEvent(PrimaryContext context, bool hasTime) : IEmulatedResource
{
    private EmulatedStream? _stream;
    private long _number;

    /// <inheritdoc/>
    public static string Kind => "event";

    /// <summary>The context it belongs to.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>Whether it keeps the time.</summary>
    public bool HasTime { get; } = hasTime;

    /// <summary>When it was last reached, in ticks of <see cref="EmulatedDriver.Tick"/>; null for never.</summary>
    public long? Time { get; set; }

    /// <summary>The capture it was last recorded in; null where it was recorded outside of any.</summary>
    public StreamCapture? Capture { get; set; }

    /// <summary>The dependencies that it recorded in that capture.</summary>
    public ImmutableDictionary<EmulatedStream, int> Known { get; set; } = ImmutableDictionary<EmulatedStream, int>.Empty;

    /// <summary>Notes that it stands for the latest work of a stream.</summary>
    /// <param name="stream">The stream.</param>
    public void Recorded(EmulatedStream stream) => (_stream, _number) = (stream, stream.LastQueued);

    /// <summary>The work of waiting for it as it is recorded now: nothing where it never was.</summary>
    public Action Waiter()
    {
        (EmulatedStream? stream, long number) = (_stream, _number);
        return () => stream?.RunThrough(number);
    }
}

/// <summary>A piece of work on a stream, all its arguments held by value.</summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Run">The work; it may run several times.</param>
internal sealed record WorkItem(string Name, Action Run);
