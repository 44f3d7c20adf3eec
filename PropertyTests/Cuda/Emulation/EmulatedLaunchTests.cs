using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Cuda.Emulation;

/// <summary>Modules load and kernels run on the emulated driver, and what the driver would refuse is refused.</summary>
public sealed unsafe class EmulatedLaunchTests
{
    // y[i] = a·x[i] for i < n, one thread an element.
    private const string Scale = """
        .version 6.4
        .target sm_70
        .address_size 64

        .visible .entry scale(
            .param .u64 scale_param_0,
            .param .u64 scale_param_1,
            .param .f32 scale_param_2,
            .param .u32 scale_param_3
        )
        {
            .reg .pred %p<2>;
            .reg .f32 %f<4>;
            .reg .b32 %r<6>;
            .reg .b64 %rd<8>;

            ld.param.u64 %rd1, [scale_param_0];
            ld.param.u64 %rd2, [scale_param_1];
            ld.param.f32 %f1, [scale_param_2];
            ld.param.u32 %r1, [scale_param_3];
            mov.u32 %r2, %ctaid.x;
            mov.u32 %r3, %ntid.x;
            mov.u32 %r4, %tid.x;
            mad.lo.s32 %r5, %r2, %r3, %r4;
            setp.ge.u32 %p1, %r5, %r1;
            @%p1 bra $L__end;
            cvta.to.global.u64 %rd3, %rd1;
            cvta.to.global.u64 %rd4, %rd2;
            mul.wide.u32 %rd5, %r5, 4;
            add.s64 %rd6, %rd3, %rd5;
            ld.global.f32 %f2, [%rd6];
            mul.rn.f32 %f3, %f1, %f2;
            add.s64 %rd7, %rd4, %rd5;
            st.global.f32 [%rd7], %f3;
        $L__end:
            ret;
        }
        """;

    [Fact]
    public void A_kernel_computes_with_arguments_taken_at_the_launch()
    {
        using RawCuda raw = RawCuda.Ready();
        nint function = Kernel(raw, out nint module);
        (ulong x, ulong y) = (raw.Upload([1, 2, 3, 4, 5]), raw.Allocate(20));
        Assert.Equal(0, raw.Launch(function, 2, 4, 0, x, y, BitConverter.SingleToUInt32Bits(3), 5));
        Assert.Equal([3, 6, 9, 12, 15], raw.Download(y, 5));
        Assert.Equal(0, raw.OfHandle("cuModuleUnload", module));
        Assert.Equal(400, raw.Launch(function, 2, 4, 0, x, y, 0, 5));
        Assert.Equal(0, raw.Cuda.Live.Modules);
    }

    [Fact]
    public void A_captured_launch_runs_with_the_graph_and_not_once_its_module_is_gone()
    {
        using RawCuda raw = RawCuda.Ready();
        nint function = Kernel(raw, out nint module);
        (nint stream, ulong x, ulong y) = (raw.Stream(), raw.Upload([1, 2]), raw.Upload([0, 0]));
        Assert.Equal(0, raw.BeginCapture(stream));
        Assert.Equal(0, raw.Launch(function, 1, 32, stream, x, y, BitConverter.SingleToUInt32Bits(2), 2));
        Assert.Equal(0, raw.EndCapture(stream, out nint graph));
        Assert.Equal([0, 0], raw.Download(y, 2));
        nint executable = raw.Instantiate(graph);
        Assert.Equal(0, raw.OfTwo("cuGraphLaunch", executable, stream));
        Assert.Equal([2, 4], raw.Download(y, 2));
        Assert.Equal(0, raw.OfHandle("cuModuleUnload", module));
        Assert.Equal(719, raw.OfTwo("cuGraphLaunch", executable, stream));
        Assert.Contains("unloaded", raw.Cuda.LastFault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_reaches_too_far_fails_for_good()
    {
        using RawCuda raw = RawCuda.Ready();
        nint function = Kernel(raw, out _);
        (ulong x, ulong y) = (raw.Upload([1, 2]), raw.Allocate(8));
        int status = raw.Launch(function, 1, 32, 0, x, y, 0, 3);
        Assert.True(status is 700 or 719, $"{status}");
        Assert.Equal(status, raw.Synchronize());
        Assert.Contains("scale", raw.Cuda.LastFault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Extents_that_no_device_has_are_refused()
    {
        using RawCuda raw = RawCuda.Ready();
        nint function = Kernel(raw, out _);
        (ulong x, ulong y) = (raw.Upload([1]), raw.Allocate(4));
        Assert.Equal(1, raw.Launch(function, 0, 32, 0, x, y, 0, 1));
        Assert.Equal(1, raw.Launch(function, 1, 0, 0, x, y, 0, 1));
        Assert.Equal(1, raw.Launch(function, 1, 1025, 0, x, y, 0, 1));
        Assert.Equal(1, ((delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)raw.At("cuLaunchKernel"))(
            function, 1, 1, 1, 1, 1, 1, 0, 0, null, null));
        Assert.Equal(0, raw.Synchronize());
        Assert.Equal(
            [
                "scale: the grid is (0, 1, 1); its extents must be from (1, 1, 1) to (2147483647, 65535, 65535).",
                "scale: the block is (0, 1, 1); its extents must be from (1, 1, 1) to (1024, 1024, 64).",
                "scale: the block is (1025, 1, 1); its extents must be from (1, 1, 1) to (1024, 1024, 64).",
                "The pointer to the arguments is null.",
            ],
            raw.Cuda.Faults.Select(static fault => fault.Message));
    }

    [Fact]
    public void Text_that_cannot_be_compiled_is_refused_with_a_log()
    {
        using RawCuda raw = RawCuda.Ready(new EmulationOptions { DriverVersion = 12040, ComputeCapability = 75 });
        Assert.Equal(218, raw.Load("nothing", out _, out string log));
        Assert.Contains(".version", log, StringComparison.Ordinal);
        Assert.Equal(222, raw.Load(Scale.Replace("6.4", "8.5", StringComparison.Ordinal), out _, out log));
        Assert.Contains("8.4", log, StringComparison.Ordinal);
        Assert.Equal(218, raw.Load(Scale.Replace("sm_70", "sm_90", StringComparison.Ordinal), out _, out log));
        Assert.Contains("sm_75", log, StringComparison.Ordinal);
        Assert.Equal(218, raw.Load(Scale.Replace("mul.rn.f32", "frobnicate.f32", StringComparison.Ordinal), out nint module, out log));
        Assert.Contains("frobnicate", log, StringComparison.Ordinal);
        Assert.Equal((0, 0), (module, raw.Cuda.Live.Modules));
        Assert.Equal(0, raw.Load(Scale.Replace("6.4", "8.0", StringComparison.Ordinal), out module, out log));
        Assert.Equal("", log);
        Assert.Equal(500, raw.Function(module, "absent", out _));
        Assert.Equal("CUDA_ERROR_NOT_FOUND", raw.ErrorName(500));
    }

    [Fact]
    public void A_kernel_tells_its_threads_and_its_shared_memory()
    {
        using RawCuda raw = RawCuda.Ready();
        nint function = Kernel(raw, out _);
        delegate* unmanaged<int*, int, nint, int> attribute = (delegate* unmanaged<int*, int, nint, int>)raw.At("cuFuncGetAttribute");
        int value;
        Assert.Equal(0, attribute(&value, 0, function));
        Assert.Equal(1024, value);
        Assert.Equal(0, attribute(&value, 1, function));
        Assert.Equal(0, value);
        Assert.Equal(1, attribute(&value, 99, function));
    }

    private static nint Kernel(RawCuda raw, out nint module)
    {
        Assert.Equal(0, raw.Load(Scale, out module, out _));
        Assert.Equal(0, raw.Function(module, "scale", out nint function));
        Assert.Equal(0, raw.Function(module, "scale", out nint again));
        Assert.Equal(function, again);
        return function;
    }
}
