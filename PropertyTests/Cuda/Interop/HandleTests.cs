using System.Runtime.CompilerServices;
using Msr.Cuda.Emulation;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>What lives in a context is released once, in whatever order, on whatever thread, and never throws.</summary>
public sealed class HandleTests : IDisposable
{
    private readonly EmulatedCuda _cuda = new();
    private readonly DriverApi _api;

    public HandleTests() => _api = new DriverApi(_cuda.Libraries.Driver);

    public void Dispose() => _cuda.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Any_order_of_disposal_releases_everything_once(int first)
    {
        List<IDisposable> handles = Open();
        Assert.Equal(handles.Count, _cuda.Live.Total);
        for (int i = 0; i < handles.Count; i++)
        {
            handles[(first + (5 * i)) % handles.Count].Dispose();
        }

        handles.ForEach(static handle => handle.Dispose());
        NothingIsLeft();
        Assert.Equal("cuDevicePrimaryCtxRelease_v2", _cuda.Calls[^1]);
    }

    [Fact]
    public void A_release_on_a_thread_without_a_context_makes_it_current_first()
    {
        List<IDisposable> handles = Open();
        handles[0].Dispose();
        Assert.Equal(0, _api.cuCtxSetCurrent(0));
        handles[1].Dispose();
        Assert.Equal(0, _cuda.Live.Streams);
        handles.ForEach(static handle => handle.Dispose());
        NothingIsLeft();
    }

    [Fact]
    public void A_release_that_the_driver_refuses_does_not_throw()
    {
        List<IDisposable> handles = Open();
        foreach (string call in (string[])["cuMemFree_v2", "cuMemFreeHost", "cuStreamDestroy_v2", "cuEventDestroy_v2", "cuModuleUnload",
            "cuCtxSetCurrent", "cuDevicePrimaryCtxRelease_v2"])
        {
            BoundCuda.Fail(_cuda, call, 700);
        }

        handles.ForEach(static handle => handle.Dispose());
        Assert.Equal(1, _cuda.CallsOf("cuMemFree_v2"));
        Assert.Equal(1, _cuda.CallsOf("cuDevicePrimaryCtxRelease_v2"));
    }

    [Fact]
    public void What_nobody_disposed_of_the_collector_releases()
    {
        Forget();
        for (int i = 0; i < 10 && _cuda.Live.Total > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        NothingIsLeft();
    }

    [Theory]
    [InlineData("cuMemAlloc_v2")]
    [InlineData("cuMemAllocHost_v2")]
    [InlineData("cuStreamCreate")]
    [InlineData("cuEventCreate")]
    [InlineData("cuModuleLoadDataEx")]
    public void What_could_not_be_made_holds_nothing(string call)
    {
        _cuda.FailAt(call, 1, 2);
        using (CudaContext context = new(_api, 0))
        {
            CudaException failure = Assert.Throws<CudaException>(() => Make(call, context));
            Assert.Equal((call, 2), (failure.Call, failure.Status));
        }

        NothingIsLeft();
    }

    [Fact]
    public void Memory_says_how_much_was_not_there()
    {
        using CudaContext context = new(_api, 0);
        Assert.StartsWith("cuMemAlloc_v2 of 5000000000 bytes (1073741824 are free) failed with ", TooMuch(context), StringComparison.Ordinal);
        _cuda.FailAt("cuMemGetInfo_v2", 2, 999);
        Assert.StartsWith("cuMemAlloc_v2 of 5000000000 bytes (0 are free) failed with ", TooMuch(context), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeviceAllocation(context, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PinnedAllocation(context, -1));
    }

    [Fact]
    public void What_was_disposed_of_cannot_be_used()
    {
        using CudaContext context = new(_api, 0);
        CudaStream stream = new(context);
        DeviceAllocation memory = new(context, 4);
        stream.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(stream.Synchronize);
        Assert.Throws<ObjectDisposedException>(() => memory.Address);
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new CudaStream(context));
    }

    [Fact]
    public unsafe void Streams_do_not_wait_for_the_default_stream_and_events_keep_no_time()
    {
        using BoundCuda bound = new();
        using DeviceAllocation memory = new(bound.Context, 4);
        INativeLibrary driver = bound.Cuda.Libraries.Driver;

        // Work for the default stream would break the capture of a stream that waits for it.
        bound.Stream.BeginCapture();
        Assert.Equal(0, driver.Required<DriverFunctions.cuMemsetD32Async>("any")(memory.Address, 0, 1, 0));
        bound.Stream.EndCapture().Dispose();
        using CudaEvent untimed = new(bound.Context);
        untimed.Record(bound.Stream);
        Assert.Empty(bound.Cuda.Faults);
        float milliseconds;
        Assert.Equal(400, driver.Required<DriverFunctions.cuEventElapsedTime>("any")(&milliseconds, untimed.Handle, untimed.Handle));
        Assert.Contains("must be timed", bound.Cuda.LastFault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_becomes_a_graph_and_leaves_nothing_else()
    {
        using BoundCuda bound = new();
        CudaStream stream = bound.Stream;
        int before = bound.Cuda.Live.Total;
        stream.BeginCapture();
        CudaGraph graph = stream.EndCapture();
        Assert.Equal((before + 1, 1), (bound.Cuda.Live.Total, bound.Cuda.Live.GraphExecutables));
        graph.Dispose();
        stream.BeginCapture();
        stream.AbandonCapture();
        bound.Cuda.FailAt("cuGraphInstantiateWithFlags", 2, 2);
        stream.BeginCapture();
        Assert.Throws<CudaException>(stream.EndCapture);
        Assert.Equal(before, bound.Cuda.Live.Total);
        stream.BeginCapture();
        bound.Cuda.FailAt("cuStreamEndCapture", bound.Cuda.CallsOf("cuStreamEndCapture") + 1, 901);
        stream.AbandonCapture();
        stream.BeginCapture();
        bound.Cuda.FailAt("cuStreamEndCapture", bound.Cuda.CallsOf("cuStreamEndCapture") + 1, 901);
        Assert.Throws<CudaException>(stream.EndCapture);
        Assert.Equal(before, bound.Cuda.Live.Total);
        Assert.Empty(bound.Cuda.Faults);
    }

    private static string TooMuch(CudaContext context) => Assert.Throws<CudaException>(() => new DeviceAllocation(context, 5_000_000_000)).Message;

    private static IDisposable Make(string call, CudaContext context) => call switch
    {
        "cuMemAlloc_v2" => new DeviceAllocation(context, 64),
        "cuMemAllocHost_v2" => new PinnedAllocation(context, 64),
        "cuStreamCreate" => new CudaStream(context),
        "cuEventCreate" => new CudaEvent(context),
        _ => new CudaModule(context, BoundCuda.Text(BoundCuda.Module)),
    };

    private void NothingIsLeft()
    {
        Assert.Equal("nothing", _cuda.Live.ToString());
        Assert.Empty(_cuda.Faults);
    }

    private List<IDisposable> Open()
    {
        CudaContext context = new(_api, 0);
        return
        [
            context,
            new CudaStream(context),
            new DeviceAllocation(context, 64),
            new PinnedAllocation(context, 64),
            new CudaEvent(context),
            new CudaModule(context, BoundCuda.Text(BoundCuda.Module)),
        ];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Forget() => Open();
}
