using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Cuda.Emulation;

/// <summary>Calls fail when they are told to, and nothing leaks by it.</summary>
public sealed class FailureTests
{
    [Fact]
    public void The_nth_call_of_a_function_fails_and_no_other()
    {
        using RawCuda raw = RawCuda.Ready(new EmulationOptions().FailAt("cuMemAlloc_v2", 2, 2));
        Assert.Equal(0, raw.TryAllocate(8, out _));
        Assert.Equal(2, raw.TryAllocate(8, out ulong none));
        Assert.Equal(0ul, none);
        Assert.Equal(0, raw.TryAllocate(8, out _));
        Assert.Equal(2, raw.Cuda.Live.Allocations);
        Assert.Empty(raw.Cuda.Faults);
        raw.Cuda.FailAt("cuMemAlloc_v2", raw.Cuda.CallsOf("cuMemAlloc_v2") + 1, 3);
        Assert.Equal(3, raw.TryAllocate(8, out _));
    }

    [Fact]
    public void The_nth_call_of_all_fails_and_no_other()
    {
        using RawCuda raw = new(new EmulationOptions().FailAtCall(4, 42));
        Assert.Equal(0, raw.Init());
        Assert.Equal(0, raw.SetCurrent(raw.Retain()));
        Assert.Equal(42, raw.Synchronize());
        Assert.Equal(0, raw.Synchronize());
        Assert.Equal(["cuInit", "cuDevicePrimaryCtxRetain", "cuCtxSetCurrent", "cuCtxSynchronize", "cuCtxSynchronize"], raw.Cuda.Calls);
        Assert.Equal(5, raw.Cuda.CallCount);
    }

    [Fact]
    public void What_is_given_back_by_a_call_that_fails_is_given_back()
    {
        using RawCuda raw = RawCuda.Ready(new EmulationOptions().FailAt("cuMemFree_v2", 1, 999).FailAt("cuStreamEndCapture", 1, 999));
        ulong block = raw.Allocate(8);
        Assert.Equal(999, raw.Free(block));
        Assert.Equal(0, raw.Cuda.Live.Allocations);
        nint stream = raw.Stream();
        Assert.Equal(0, raw.BeginCapture(stream));
        Assert.Equal(999, raw.EndCapture(stream, out nint graph));
        Assert.Equal(0, graph);
        Assert.Equal((0, 0), (raw.Cuda.Live.Captures, raw.Cuda.Live.Graphs));
    }

    [Theory]
    [InlineData(700)]
    [InlineData(716)]
    [InlineData(719)]
    public void A_failed_launch_is_for_good(int status)
    {
        using RawCuda raw = RawCuda.Ready(new EmulationOptions().FailAt("cuCtxSynchronize", 1, status));
        Assert.Equal(status, raw.Synchronize());
        Assert.Equal(status, raw.Synchronize());
        Assert.Equal(status, raw.TryAllocate(4, out _));
        Assert.Empty(raw.Cuda.Faults);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmulationOptions().FailAt("cuInit", 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmulationOptions().FailAtCall(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmulatedCuda(new EmulationOptions { DeviceCount = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmulatedCuda(new EmulationOptions { DeviceMemory = -1 }));
    }
}
