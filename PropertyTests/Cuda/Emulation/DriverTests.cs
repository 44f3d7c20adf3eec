using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Cuda.Emulation;

/// <summary>The emulated driver answers as CUDA does, and every misuse is caught.</summary>
public sealed unsafe class DriverTests
{
    private const int InvalidValue = 1;
    private const int InvalidHandle = 400;

    [Fact]
    public void Everything_made_and_given_back_leaves_nothing()
    {
        using RawCuda raw = RawCuda.Ready();
        nint stream = raw.Stream();
        nint moment = raw.Event();
        ulong block = raw.Allocate(64);
        nint pinned = raw.Pinned(64);
        Assert.Equal(0, raw.BeginCapture(stream));
        Assert.Equal(0, raw.Fill(block, 1, 16, stream));
        Assert.Equal(1, raw.Cuda.Live.Captures);
        Assert.Equal(0, raw.EndCapture(stream, out nint graph));
        nint executable = raw.Instantiate(graph);
        LiveHandles live = raw.Cuda.Live;
        Assert.Equal((1, 1, 1, 1, 1, 1, 1), (live.ContextRetains, live.Streams, live.Events, live.Allocations, live.Pinned, live.Graphs, live.GraphExecutables));
        Assert.Equal("1 context retains, 1 streams, 1 events, 1 allocations, 1 pinned blocks, 1 graphs, 1 executable graphs", live.ToString());

        Assert.Equal(0, raw.OfHandle("cuGraphExecDestroy", executable));
        Assert.Equal(0, raw.OfHandle("cuGraphDestroy", graph));
        Assert.Equal(0, raw.FreePinned(pinned));
        Assert.Equal(0, raw.Free(block));
        Assert.Equal(0, raw.OfHandle("cuEventDestroy_v2", moment));
        Assert.Equal(0, raw.OfHandle("cuStreamDestroy_v2", stream));
        Assert.Equal(0, raw.ReleaseContext());
        Assert.Equal("nothing", raw.Cuda.Live.ToString());
        Assert.Empty(raw.Cuda.Faults);
    }

    [Theory]
    [InlineData(34, 1, 34)]
    [InlineData(0, 0, 100)]
    [InlineData(0, 1, 0)]
    public void Starting_answers_as_the_installation_is(int initStatus, int devices, int expected)
    {
        using RawCuda raw = new(new EmulationOptions { InitStatus = initStatus, DeviceCount = devices });
        Assert.Equal(expected, raw.Init());
        int count;
        int after = ((delegate* unmanaged<int*, int>)raw.At("cuDeviceGetCount"))(&count);
        Assert.Equal(expected == 0 ? 0 : 3, after);
    }

    [Fact]
    public void Nothing_works_before_cuInit() => Assert.Equal(3, new RawCuda().TryAllocate(4, out _));

    [Fact]
    public void A_context_is_current_on_one_thread_alone()
    {
        using RawCuda raw = RawCuda.Ready();
        int status = 0;
        Thread other = new(() => status = raw.TryAllocate(4, out _));
        other.Start();
        other.Join();
        Assert.Equal(201, status);
        Assert.Equal(201, raw.Cuda.LastFault!.Status);
        Assert.Equal("cuMemAlloc_v2", raw.Cuda.LastFault.Export);
        Assert.Equal(0, raw.TryAllocate(4, out _));
    }

    [Fact]
    public void A_released_context_does_nothing_any_more()
    {
        using RawCuda raw = RawCuda.Ready();
        Assert.Equal(0, raw.ReleaseContext());
        Assert.Equal(709, raw.TryAllocate(4, out _));
        Assert.Equal(201, raw.ReleaseContext());
    }

    [Fact]
    public void Stale_foreign_and_mistaken_handles_are_refused()
    {
        using RawCuda raw = RawCuda.Ready();
        using RawCuda other = RawCuda.Ready();
        nint stale = raw.Stream();
        Assert.Equal(0, raw.OfHandle("cuStreamDestroy_v2", stale));
        foreach (nint handle in new[] { stale, other.Stream(), raw.Event(), 12345 })
        {
            Assert.Equal(InvalidHandle, raw.OfHandle("cuStreamSynchronize", handle));
            Assert.Equal(InvalidHandle, raw.OfHandle("cuStreamDestroy_v2", handle));
        }

        Assert.Contains("destroyed", raw.Cuda.Faults[0].Message, StringComparison.Ordinal);
        Assert.Contains("not made by this installation", raw.Cuda.Faults[2].Message, StringComparison.Ordinal);
        Assert.Empty(other.Cuda.Faults);
    }

    [Fact]
    public void Two_installations_do_not_see_each_other()
    {
        using RawCuda first = RawCuda.Ready();
        using RawCuda second = RawCuda.Ready(new EmulationOptions { DeviceMemory = 64 });
        ulong block = first.Allocate(1024);
        Assert.Equal(2, second.TryAllocate(1024, out _));
        Assert.NotEqual(0, second.Free(block));
        Assert.Equal((1, 0), (first.Cuda.Live.Allocations, second.Cuda.Live.Allocations));
        Assert.Equal(0, first.Free(block));
        Assert.Equal(0, first.Cuda.CallsOf("cuStreamCreate"));
        first.Cuda.Dispose();
        Assert.Equal(0, second.TryAllocate(64, out _));
    }

    [Fact]
    public void Memory_runs_out_at_its_limit_and_that_is_no_misuse()
    {
        using RawCuda raw = RawCuda.Ready(new EmulationOptions { DeviceMemory = 4096 });
        ulong block = raw.Allocate(4000);
        Assert.Equal(2, raw.TryAllocate(200, out _));
        Assert.Equal(0, raw.Free(block));
        Assert.Equal(0, raw.TryAllocate(200, out _));
        Assert.Empty(raw.Cuda.Faults);
        Assert.Equal("CUDA_ERROR_OUT_OF_MEMORY", raw.ErrorName(2));
    }

    [Fact]
    public void Memory_is_freed_once_and_by_its_start()
    {
        using RawCuda raw = RawCuda.Ready();
        ulong block = raw.Allocate(64);
        Assert.Equal(InvalidValue, raw.Free(block + 4));
        Assert.Equal(0, raw.Free(block));
        Assert.Equal(InvalidValue, raw.Free(block));
        nint pinned = raw.Pinned(64);
        Assert.Equal(0, raw.FreePinned(pinned));
        Assert.Equal(InvalidValue, raw.FreePinned(pinned));
        Assert.Equal(3, raw.Cuda.Faults.Count);
    }

    [Fact]
    public void Copies_stay_within_one_live_block_on_both_sides()
    {
        using RawCuda raw = RawCuda.Ready();
        ulong block = raw.Allocate(64);
        nint pinned = raw.Pinned(64);
        Assert.Equal(0, raw.ToDevice(block, pinned, 64));
        Assert.Equal(0, raw.ToHost(pinned + 32, block + 32, 32));
        Assert.Equal(InvalidValue, raw.ToDevice(block + 4, pinned, 64));
        Assert.Equal(InvalidValue, raw.ToDevice(block, pinned + 4, 64));
        Assert.Equal(InvalidValue, raw.ToHost(pinned, block + 64, 4));
        Assert.Equal(InvalidValue, raw.Fill(block, 0, 17));
        Assert.Equal(InvalidValue, raw.Fill(block + 2, 0, 1));
        Assert.Equal(InvalidValue, raw.OnDevice(block, block + 4, 8));
        Assert.Equal(0, raw.OnDevice(block, block + 32, 32));
        Assert.Equal(0, raw.Free(block));
        Assert.Equal(InvalidValue, raw.ToDevice(block, pinned, 64));
    }

    [Fact]
    public void Host_memory_of_asynchronous_copies_is_pinned_unless_allowed_otherwise()
    {
        float[] pageable = GC.AllocateArray<float>(4, pinned: true);
        foreach (bool allowed in new[] { false, true })
        {
            using RawCuda raw = RawCuda.Ready(new EmulationOptions { AllowPageableCopies = allowed });
            fixed (float* host = pageable)
            {
                Assert.Equal(allowed ? 0 : InvalidValue, raw.ToDevice(raw.Allocate(16), (nint)host, 16));
            }
        }
    }

    [Fact]
    public void Writes_round_pinned_memory_and_after_its_end_are_found()
    {
        using RawCuda raw = RawCuda.Ready();
        nint first = raw.Pinned(10);
        ((byte*)first)[10] = 0;
        Assert.Equal(InvalidValue, raw.FreePinned(first));
        Assert.Contains("sentinels", raw.Cuda.LastFault!.Message, StringComparison.Ordinal);

        nint second = raw.Pinned(10);
        Assert.Equal(0xCB, ((byte*)second)[9]);
        Assert.Equal(0, raw.FreePinned(second));
        Assert.True(raw.Cuda.CheckPinnedMemory());
        ((byte*)second)[3] = 0;
        Assert.False(raw.Cuda.CheckPinnedMemory());
        Assert.Contains("after it was freed", raw.Cuda.LastFault.Message, StringComparison.Ordinal);
        Assert.Equal(0, raw.Cuda.Live.Pinned);
    }

    [Fact]
    public void Reading_memory_that_nobody_wrote_fails_for_good_and_what_is_given_back_is_gone_all_the_same()
    {
        using RawCuda raw = RawCuda.Ready();
        ulong block = raw.Allocate(64);
        nint pinned = raw.Pinned(64);
        nint stream = raw.Stream();
        Assert.Equal(0, raw.Fill(block, 7, 15));
        Assert.Equal(0, raw.ToHost(pinned, block, 60));
        Assert.Equal(719, raw.ToHost(pinned, block, 64));
        Assert.Equal(719, raw.TryAllocate(4, out _));
        Assert.Equal(719, raw.Synchronize());
        Assert.Equal(719, raw.Free(block));
        Assert.Equal(719, raw.FreePinned(pinned));
        Assert.Equal(719, raw.OfHandle("cuStreamDestroy_v2", stream));
        Assert.Equal(719, raw.ReleaseContext());
        Assert.Equal(0, raw.Cuda.Live.Total);
        Assert.Single(raw.Cuda.Faults);
    }

    [Fact]
    public void Events_tell_the_time_between_them_and_only_those_that_keep_it()
    {
        using RawCuda raw = RawCuda.Ready();
        (nint start, nint end, nint untimed) = (raw.Event(), raw.Event(), raw.Event(2));
        float milliseconds = 0;
        delegate* unmanaged<float*, nint, nint, int> elapsed = (delegate* unmanaged<float*, nint, nint, int>)raw.At("cuEventElapsedTime");
        Assert.Equal(InvalidHandle, elapsed(&milliseconds, start, end));
        Assert.Equal(0, raw.OfTwo("cuEventRecord", start, 0));
        Assert.Equal(0, raw.OfTwo("cuEventRecord", end, 0));
        Assert.Equal(0, raw.OfTwo("cuEventRecord", untimed, 0));
        Assert.Equal(0, elapsed(&milliseconds, start, end));
        Assert.True(milliseconds > 0);
        Assert.Equal(InvalidHandle, elapsed(&milliseconds, start, untimed));
        Assert.Equal(0, raw.OfHandle("cuEventSynchronize", end));
    }

    [Fact]
    public void Libraries_lack_what_the_installation_lacks()
    {
        using EmulatedCuda cuda = new(new EmulationOptions { HasCublas = false, HasCudnn = false, MissingExports = ["cuGraphLaunch"] });
        Assert.Null(cuda.Libraries.Cudnn);
        Assert.False(cuda.Libraries.Cublas.TryGetExport("cublasCreate_v2", out _));
        Assert.False(cuda.Libraries.Driver.TryGetExport("cuGraphLaunch", out _));
        Assert.True(cuda.Libraries.Driver.TryGetExport("cuInit", out _));
    }

    [Fact]
    public void A_library_that_was_let_go_is_not_called()
    {
        using RawCuda raw = RawCuda.Ready();
        delegate* unmanaged<int> kept = (delegate* unmanaged<int>)raw.At("cuCtxSynchronize");
        raw.Cuda.Libraries.Dispose();
        Assert.Equal(4, kept());
        Assert.Throws<ObjectDisposedException>(() => raw.At("cuInit"));
    }
}
