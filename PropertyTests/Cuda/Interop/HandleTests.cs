using System.Runtime.CompilerServices;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>What lives in a context is released once, in whatever order, on whatever thread, and never throws.</summary>
public sealed class HandleTests : IDisposable
{
    private readonly FakeDriver _driver = new();

    public void Dispose() => _driver.Dispose();

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
        for (int i = 0; i < handles.Count; i++)
        {
            handles[(first + (5 * i)) % handles.Count].Dispose();
        }

        handles.ForEach(static handle => handle.Dispose());
        Assert.Empty(_driver.Live);
        Assert.Empty(_driver.ReleasedTwice);
        Assert.Empty(_driver.WithoutContext);
        Assert.Equal("cuDevicePrimaryCtxRelease_v2", _driver.Calls[^1]);
    }

    [Fact]
    public void A_release_on_a_thread_without_a_context_makes_it_current_first()
    {
        List<IDisposable> handles = Open();
        handles[0].Dispose();
        _driver.Current = 0;
        handles[1].Dispose();
        Assert.Empty(_driver.WithoutContext);
        handles.ForEach(static handle => handle.Dispose());
    }

    [Fact]
    public void A_release_that_the_driver_refuses_does_not_throw()
    {
        List<IDisposable> handles = Open();
        foreach (string call in (string[])["cuMemFree_v2", "cuMemFreeHost", "cuStreamDestroy_v2", "cuEventDestroy_v2", "cuModuleUnload",
            "cuCtxSetCurrent", "cuDevicePrimaryCtxRelease_v2"])
        {
            _driver.Failing[call] = 700;
        }

        handles.ForEach(static handle => handle.Dispose());
        Assert.Equal(1, _driver.Calls.Count(static call => call == "cuMemFree_v2"));
        Assert.Equal(1, _driver.Calls.Count(static call => call == "cuDevicePrimaryCtxRelease_v2"));
    }

    [Fact]
    public void What_nobody_disposed_of_the_collector_releases()
    {
        Forget();
        for (int i = 0; i < 10 && _driver.Live.Count > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Empty(_driver.Live);
        Assert.Empty(_driver.ReleasedTwice);
    }

    [Theory]
    [InlineData("cuMemAlloc_v2")]
    [InlineData("cuMemAllocHost_v2")]
    [InlineData("cuStreamCreate")]
    [InlineData("cuEventCreate")]
    [InlineData("cuModuleLoadDataEx")]
    public void What_could_not_be_made_holds_nothing(string call)
    {
        _driver.Failing[call] = 2;
        using (CudaContext context = new(new DriverApi(_driver), 0))
        {
            CudaException failure = Assert.Throws<CudaException>(() => Make(call, context));
            Assert.Equal((call, 2), (failure.Call, failure.Status));
        }

        Assert.Empty(_driver.Live);
        Assert.Empty(_driver.ReleasedTwice);
    }

    [Fact]
    public void Memory_says_how_much_was_not_there()
    {
        _driver.Failing["cuMemAlloc_v2"] = 2;
        using CudaContext context = new(new DriverApi(_driver), 0);
        Assert.StartsWith(
            "cuMemAlloc_v2 of 5000000000 bytes, 0 being free, failed with ",
            Assert.Throws<CudaException>(() => new DeviceAllocation(context, 5_000_000_000)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeviceAllocation(context, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PinnedAllocation(context, -1));
    }

    [Fact]
    public void What_was_disposed_of_cannot_be_used()
    {
        using CudaContext context = new(new DriverApi(_driver), 0);
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
    public void Streams_do_not_wait_for_the_default_stream_and_events_keep_no_time()
    {
        using CudaContext context = new(new DriverApi(_driver), 0);
        using CudaStream stream = new(context);
        Assert.Equal(1u, _driver.LastFlags);
        using CudaEvent untimed = new(context);
        Assert.Equal(2u, _driver.LastFlags);
    }

    [Fact]
    public void A_recording_becomes_a_graph_and_leaves_nothing_else()
    {
        using CudaContext context = new(new DriverApi(_driver), 0);
        using CudaStream stream = new(context);
        int before = _driver.Live.Count;
        stream.BeginCapture();
        CudaGraph graph = stream.EndCapture();
        Assert.Equal(before + 1, _driver.Live.Count);
        graph.Dispose();
        stream.BeginCapture();
        stream.AbandonCapture();
        _driver.Failing["cuGraphInstantiateWithFlags"] = 2;
        stream.BeginCapture();
        Assert.Throws<CudaException>(stream.EndCapture);
        Assert.Equal(before, _driver.Live.Count);
        _driver.Failing["cuStreamEndCapture"] = 901;
        stream.AbandonCapture();
        Assert.Throws<CudaException>(stream.EndCapture);
        Assert.Empty(_driver.ReleasedTwice);
    }

    private static IDisposable Make(string call, CudaContext context) => call switch
    {
        "cuMemAlloc_v2" => new DeviceAllocation(context, 64),
        "cuMemAllocHost_v2" => new PinnedAllocation(context, 64),
        "cuStreamCreate" => new CudaStream(context),
        "cuEventCreate" => new CudaEvent(context),
        _ => new CudaModule(context, "x"u8),
    };

    private List<IDisposable> Open()
    {
        CudaContext context = new(new DriverApi(_driver), 0);
        return
        [
            context,
            new CudaStream(context),
            new DeviceAllocation(context, 64),
            new PinnedAllocation(context, 64),
            new CudaEvent(context),
            new CudaModule(context, "x"u8),
        ];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Forget() => Open();
}
