using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Driver;

/// <summary>The driver's functions that record streams and run what was recorded.</summary>
internal sealed unsafe class GraphExports : ExportGroup
{
    private const int LargestMode = 2;

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
            throw CallFailedException.Fault(CudaStatus.CaptureUnsupported, "The default stream cannot be captured: make a stream.");
        }

        if (captured.Capture is not null)
        {
            throw CallFailedException.Fault(CudaStatus.IllegalState, "The stream is being captured already.");
        }

        if ((uint)mode > LargestMode)
        {
            throw CallFailedException.Fault(CudaStatus.InvalidValue, $"There is no capture mode {mode}.");
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
            throw CallFailedException.Fault(CudaStatus.IllegalState, "The stream is not being captured.");
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
            throw CallFailedException.Fault(CudaStatus.NotSupported, $"The emulation instantiates graphs with flags 0, got {flags}.");
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
