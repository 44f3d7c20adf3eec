namespace PropertyTests.Cuda.Emulation;

/// <summary>Work given to a captured stream is recorded, and done when the graph is launched.</summary>
public sealed unsafe class CaptureTests
{
    [Fact]
    public void Captured_work_runs_at_each_launch_and_not_before()
    {
        using RawCuda raw = RawCuda.Ready();
        (nint stream, ulong block, nint host) = (raw.Stream(), raw.Upload([1, 2]), raw.Pinned(8));
        float* values = (float*)host;
        (values[0], values[1]) = (3, 4);
        Assert.Equal(0, raw.BeginCapture(stream));
        Assert.Equal(0, raw.ToDevice(block, host, 8, stream));
        Assert.Equal(0, raw.Fill(block, BitConverter.SingleToUInt32Bits(9), 1, stream));
        Assert.Equal(0, raw.EndCapture(stream, out nint graph));
        Assert.Equal([1, 2], raw.Download(block, 2));

        nint executable = raw.Instantiate(graph);
        Assert.Equal(0, raw.OfHandle("cuGraphDestroy", graph));
        Assert.Equal([1, 2], raw.Download(block, 2));
        Assert.Equal(0, raw.OfTwo("cuGraphLaunch", executable, stream));
        Assert.Equal([9, 4], raw.Download(block, 2));

        // The copy's addresses are recorded, not what lies there.
        values[1] = 5;
        Assert.Equal(0, raw.OfTwo("cuGraphLaunch", executable, stream));
        Assert.Equal([9, 5], raw.Download(block, 2));
        Assert.Empty(raw.Cuda.Faults);
    }

    [Fact]
    public void A_graph_that_outlives_its_memory_is_caught()
    {
        using RawCuda raw = RawCuda.Ready();
        (nint stream, ulong block) = (raw.Stream(), raw.Allocate(8));
        Assert.Equal(0, raw.BeginCapture(stream));
        Assert.Equal(0, raw.Fill(block, 1, 2, stream));
        Assert.Equal(0, raw.EndCapture(stream, out nint graph));
        nint executable = raw.Instantiate(graph);
        Assert.Equal(0, raw.Free(block));
        Assert.Equal(700, raw.OfTwo("cuGraphLaunch", executable, stream));
    }

    [Theory]
    [InlineData("cuCtxSynchronize")]
    [InlineData("cuStreamSynchronize")]
    [InlineData("cuEventSynchronize")]
    [InlineData("cuMemAlloc_v2")]
    [InlineData("cuMemFree_v2")]
    [InlineData("cuMemAllocHost_v2")]
    [InlineData("cuMemFreeHost")]
    [InlineData("cublasCreate_v2")]
    [InlineData("cudnnCreate")]
    public void Waiting_and_allocating_invalidate_a_capture(string export)
    {
        using RawCuda raw = RawCuda.Ready();
        (nint stream, nint moment, ulong block, nint host) = (raw.Stream(), raw.Event(), raw.Allocate(8), raw.Pinned(8));
        Assert.Equal(0, raw.BeginCapture(stream));
        nint room;
        int status = export switch
        {
            "cuCtxSynchronize" => raw.Synchronize(),
            "cuStreamSynchronize" => raw.OfHandle(export, stream),
            "cuEventSynchronize" => raw.OfHandle(export, moment),
            "cuMemAlloc_v2" => raw.TryAllocate(8, out _),
            "cuMemFree_v2" => raw.Free(block),
            "cuMemFreeHost" => raw.FreePinned(host),
            "cublasCreate_v2" => ((delegate* unmanaged<nint*, int>)raw.CublasAt(export))(&room),
            "cudnnCreate" => ((delegate* unmanaged<nint*, int>)raw.CudnnAt(export))(&room),
            _ => ((delegate* unmanaged<nint*, nuint, int>)raw.At(export))(&room, 8),
        };
        Assert.Equal(export.StartsWith("cu", StringComparison.Ordinal) && char.IsUpper(export[2]) ? 900 : export == "cudnnCreate" ? 5000 : 13, status);
        Assert.Equal(901, raw.Fill(block, 0, 1, stream));
        Assert.Equal(901, raw.EndCapture(stream, out nint graph));
        Assert.Equal(0, graph);

        // Ended all the same, and everything works again.
        Assert.Equal(0, raw.OfHandle("cuStreamSynchronize", stream));
        Assert.Equal(0, raw.Fill(block, 0, 1, stream));
        Assert.Equal((0, 1, 1), (raw.Cuda.Live.Captures, raw.Cuda.Live.Allocations, raw.Cuda.Live.Pinned));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void Other_threads_are_forbidden_to_allocate_in_the_global_mode_alone(int mode, bool isForbidden)
    {
        using RawCuda raw = RawCuda.Ready();
        nint stream = raw.Stream();
        Assert.Equal(0, raw.BeginCapture(stream, mode));
        int status = 0;
        Thread other = new(() =>
        {
            Assert.Equal(0, raw.SetCurrent(raw.Retain()));
            status = raw.TryAllocate(8, out _);
        });
        other.Start();
        other.Join();
        Assert.Equal(isForbidden ? 900 : 0, status);
    }

    [Fact]
    public void A_capture_left_open_is_caught_when_its_stream_goes()
    {
        using RawCuda raw = RawCuda.Ready();
        nint stream = raw.Stream();
        Assert.Equal(0, raw.BeginCapture(stream));
        Assert.Equal(401, raw.BeginCapture(stream));
        Assert.Equal(1, raw.Cuda.Live.Captures);
        Assert.Equal(900, raw.OfHandle("cuStreamDestroy_v2", stream));
        Assert.Equal((0, 0), (raw.Cuda.Live.Captures, raw.Cuda.Live.Streams));
        Assert.Contains("The stream was destroyed during its capture", raw.Cuda.LastFault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_stream_takes_part_by_way_of_events_and_must_join_again()
    {
        foreach (bool joins in new[] { true, false })
        {
            using RawCuda raw = RawCuda.Ready();
            (nint origin, nint side, nint fork, nint join) = (raw.Stream(), raw.Stream(), raw.Event(2), raw.Event(2));
            ulong block = raw.Upload([0, 0]);
            Assert.Equal(0, raw.BeginCapture(origin));
            Assert.Equal(0, raw.OfTwo("cuEventRecord", fork, origin));
            Assert.Equal(0, raw.WaitEvent(side, fork));
            Assert.Equal(0, raw.Fill(block, 0x3F800000, 1, side));
            Assert.Equal(0, raw.Fill(block + 4, 0x40000000, 1, origin));
            Assert.Equal(0, raw.OfTwo("cuEventRecord", join, side));
            if (joins)
            {
                Assert.Equal(0, raw.WaitEvent(origin, join));
            }

            Assert.Equal(joins ? 0 : 904, raw.EndCapture(origin, out nint graph));
            if (joins)
            {
                Assert.Equal(0, raw.OfTwo("cuGraphLaunch", raw.Instantiate(graph), origin));
                Assert.Equal([1, 2], raw.Download(block, 2));
            }

            Assert.Equal(0, raw.OfHandle("cuStreamSynchronize", side));
            Assert.Equal(907, raw.OfHandle("cuEventSynchronize", fork));
        }
    }

    [Fact]
    public void A_capture_stays_apart_from_work_outside_it()
    {
        using RawCuda raw = RawCuda.Ready();
        (nint captured, nint outside, nint moment) = (raw.Stream(0), raw.Stream(), raw.Event());
        ulong block = raw.Allocate(8);
        Assert.Equal(0, raw.OfTwo("cuEventRecord", moment, outside));
        Assert.Equal(0, raw.BeginCapture(captured));
        Assert.Equal(905, raw.WaitEvent(captured, moment));
        Assert.Equal(901, raw.EndCapture(captured, out _));

        Assert.Equal(0, raw.BeginCapture(captured));
        Assert.Equal(906, raw.Fill(block, 0, 1, 0));
        Assert.Equal(901, raw.EndCapture(captured, out _));
        Assert.Equal(401, raw.EndCapture(captured, out _));
        Assert.Equal(900, raw.BeginCapture(0));
    }
}
