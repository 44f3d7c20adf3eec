using System.Collections.Immutable;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The driver's functions that record streams and run what was recorded.</summary>
internal sealed unsafe class GraphExports : ExportGroup
{
    private const int MaxMode = 2;

    private readonly EmulatedDriver _driver;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The driver's library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The state.</param>
    public GraphExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<DriverFunctions.cuStreamBeginCapture_v2>(cuStreamBeginCapture_v2);
        library.Add<DriverFunctions.cuStreamEndCapture>(cuStreamEndCapture);
        library.Add<DriverFunctions.cuGraphInstantiateWithFlags>(cuGraphInstantiateWithFlags);
        library.Add<DriverFunctions.cuGraphLaunch>(cuGraphLaunch);
        library.Add<DriverFunctions.cuGraphExecDestroy>(cuGraphExecDestroy);
        library.Add<DriverFunctions.cuGraphDestroy>(cuGraphDestroy);
    }

    private int cuStreamBeginCapture_v2(nint stream, int mode) => Run(nameof(cuStreamBeginCapture_v2), () =>
    {
        EmulatedStream captured = _driver.Stream(stream);
        if (captured.IsDefault)
        {
            throw CallFailedException.Fault(CudaStatus.CaptureUnsupported, "The default stream cannot be captured: create a stream.");
        }

        if (captured.Capture is not null)
        {
            throw CallFailedException.Fault(CudaStatus.IllegalState, "The stream is already being captured: end that capture first.");
        }

        if ((uint)mode > MaxMode)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"The capture mode {mode} is invalid: 0 is global, 1 thread-local, 2 relaxed.");
        }

        _driver.BeginCapture(captured, mode);
    });

    private int cuStreamEndCapture(nint stream, nint* graph) => Release(nameof(cuStreamEndCapture), () =>
    {
        NotNull(graph, "graph", CudaStatus.InvalidValue);
        *graph = 0;
        _ = _driver.ContextForRelease();
        EmulatedStream captured = _driver.Handles.Get<EmulatedStream>(stream, CudaStatus.InvalidHandle);
        if (captured.Capture is not { } capture)
        {
            throw CallFailedException.Fault(CudaStatus.IllegalState, "The stream is not being captured: begin a capture first.");
        }

        if (capture.Origin != captured)
        {
            throw CallFailedException.Fault(CudaStatus.CaptureUnmatched, "The capture was begun on another stream: end it there.");
        }

        if (!capture.IsRelaxed && capture.ThreadId != Environment.CurrentManagedThreadId)
        {
            throw CallFailedException.Fault(CudaStatus.CaptureWrongThread, "The capture was begun on another thread: end it there.");
        }

        EmulatedGraph made = _driver.EndCapture(capture);
        _driver.ThrowIfSticky();
        if (!IsFailing)
        {
            *graph = _driver.Handles.Add(made);
        }
    });

    private int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags) => Run(nameof(cuGraphInstantiateWithFlags), () =>
    {
        NotNull(executable, "executable graph", CudaStatus.InvalidValue);
        EmulatedGraph source = _driver.Owned<EmulatedGraph>(graph, owned => owned.Context);
        if (flags != 0)
        {
            throw CallFailedException.Fault(CudaStatus.NotSupported, $"Graphs are instantiated with flags 0 only, not {flags}.");
        }

        *executable = _driver.Handles.Add(new EmulatedGraphExecutable(source.Context, source.Nodes));
    });

    private int cuGraphLaunch(nint executable, nint stream) => Run(nameof(cuGraphLaunch), () =>
    {
        EmulatedStream target = _driver.Stream(stream);
        EmulatedGraphExecutable launched = _driver.Owned<EmulatedGraphExecutable>(executable, owned => owned.Context);
        _driver.Enqueue(target, nameof(cuGraphLaunch), () =>
        {
            foreach (WorkItem node in launched.Nodes)
            {
                node.Run();
            }
        });
    });

    private int cuGraphExecDestroy(nint executable) => Release(nameof(cuGraphExecDestroy), () =>
    {
        _ = _driver.ContextForRelease();
        _driver.Handles.Remove<EmulatedGraphExecutable>(executable, CudaStatus.InvalidHandle);
        _driver.ThrowIfSticky();
    });

    private int cuGraphDestroy(nint graph) => Release(nameof(cuGraphDestroy), () =>
    {
        _ = _driver.ContextForRelease();
        _driver.Handles.Remove<EmulatedGraph>(graph, CudaStatus.InvalidHandle);
        _driver.ThrowIfSticky();
    });
}

/// <summary>
/// A capture: the work of one stream, and of the streams that joined it by way of events, in the order in which it was recorded. That order respects
/// every dependency, so a graph replays it as it stands. The dependencies of each stream's next work are kept as the last node of every stream that it must follow.
/// </summary>
/// <param name="origin">The stream it was begun on.</param>
/// <param name="mode">0: unsafe calls are refused on every thread; 1: on this thread; 2: on no thread.</param>
internal sealed class StreamCapture(EmulatedStream origin, int mode)
{
    private readonly List<WorkItem> _nodes = [];
    private readonly Dictionary<EmulatedStream, int> _last = [];
    private readonly Dictionary<EmulatedStream, ImmutableDictionary<EmulatedStream, int>> _known = [];

    /// <summary>The stream it was begun on.</summary>
    public EmulatedStream Origin { get; } = origin;

    /// <summary>The thread it was begun on.</summary>
    public int ThreadId { get; } = Environment.CurrentManagedThreadId;

    /// <summary>Whether it may be ended on another thread.</summary>
    public bool IsRelaxed => mode == 2;

    /// <summary>Whether it has ended.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The reason why it can no longer become a graph; null while it can.</summary>
    public string? Invalidation { get; private set; }

    /// <summary>Whether this capture forbids unsafe calls on the current thread.</summary>
    public bool ForbidsHere => mode == 0 || (mode == 1 && ThreadId == Environment.CurrentManagedThreadId);

    /// <summary>Invalidates it: it cannot become a graph.</summary>
    /// <param name="why">The reason, a sentence.</param>
    public void Invalidate(string why) => Invalidation ??= why;

    /// <summary>Records work.</summary>
    /// <param name="stream">The stream that it was given to.</param>
    /// <param name="item">The work.</param>
    /// <exception cref="CallFailedException">The capture is invalidated.</exception>
    public void Add(EmulatedStream stream, WorkItem item)
    {
        ThrowIfInvalidated();
        _nodes.Add(item);
        _last[stream] = _nodes.Count;
        _known[stream] = Known(stream).SetItem(stream, _nodes.Count);
    }

    /// <summary>The dependencies of a stream's next work: the last node of every stream that it must follow.</summary>
    /// <param name="stream">The stream.</param>
    public ImmutableDictionary<EmulatedStream, int> Known(EmulatedStream stream) =>
        _known.GetValueOrDefault(stream, ImmutableDictionary<EmulatedStream, int>.Empty);

    /// <summary>Makes a stream's next work depend on an event; a stream from outside joins the capture.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="known">The dependencies that the event recorded.</param>
    public void Join(EmulatedStream stream, ImmutableDictionary<EmulatedStream, int> known)
    {
        ImmutableDictionary<EmulatedStream, int> own = Known(stream);
        foreach ((EmulatedStream other, int node) in known)
        {
            own = own.SetItem(other, Math.Max(node, own.GetValueOrDefault(other)));
        }

        _known[stream] = own;
        stream.Capture = this;
    }

    /// <summary>Ends it and frees its streams, even where it cannot become a graph.</summary>
    /// <param name="streams">Every live stream.</param>
    /// <returns>The work in order.</returns>
    /// <exception cref="CallFailedException">It is invalidated, or holds work that the first stream does not wait for.</exception>
    public ImmutableArray<WorkItem> End(IEnumerable<EmulatedStream> streams)
    {
        IsEnded = true;
        foreach (EmulatedStream stream in streams.Append(Origin).Where(stream => stream.Capture == this))
        {
            stream.Capture = null;
        }

        ThrowIfInvalidated();
        ImmutableDictionary<EmulatedStream, int> joined = Known(Origin);
        if (_last.Any(last => last.Value > joined.GetValueOrDefault(last.Key)))
        {
            throw CallFailedException.Fault(
                CudaStatus.CaptureUnjoined,
                "A stream of the capture has work that the first stream does not wait for: make the first stream wait for an event.");
        }

        return [.. _nodes];
    }

    private void ThrowIfInvalidated()
    {
        if (Invalidation is not null)
        {
            throw CallFailedException.Fault(CudaStatus.CaptureInvalidated, $"The capture is invalidated: {Invalidation}");
        }
    }
}

/// <summary>A graph: captured work in order.</summary>
/// <param name="context">The context it was captured in.</param>
/// <param name="nodes">The work.</param>
internal sealed class EmulatedGraph(PrimaryContext context, ImmutableArray<WorkItem> nodes) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "graph";

    /// <summary>The context it was captured in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>The work in order.</summary>
    public ImmutableArray<WorkItem> Nodes { get; } = nodes;
}

/// <summary>A graph made executable. It outlives the graph it came from.</summary>
/// <param name="context">The context it runs in.</param>
/// <param name="nodes">The work.</param>
internal sealed class EmulatedGraphExecutable(PrimaryContext context, ImmutableArray<WorkItem> nodes) : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "executable graph";

    /// <summary>The context it runs in.</summary>
    public PrimaryContext Context { get; } = context;

    /// <summary>The work in order.</summary>
    public ImmutableArray<WorkItem> Nodes { get; } = nodes;
}
