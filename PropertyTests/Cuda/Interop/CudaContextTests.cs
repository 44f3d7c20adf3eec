using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>Opening a device: what it tells, and one sentence for each way that it can fail.</summary>
public sealed class CudaContextTests
{
    private static readonly EmulationOptions s_two = new() { DeviceCount = 2, DriverVersion = 12040, ComputeCapability = 91, DeviceMemory = 80 };

    [Fact]
    public unsafe void A_context_tells_what_the_device_is()
    {
        using EmulatedCuda cuda = new(s_two);
        using CudaContext context = new(new DriverApi(cuda.Libraries.Driver), 1);
        Assert.Equal("Msr emulated GPU 1", context.DeviceName);
        Assert.Equal(new Version(9, 1), context.ComputeCapability);
        Assert.Equal(16, context.MultiprocessorCount);
        Assert.Equal(80, context.TotalMemory);
        Assert.Equal(new Version(12, 4), context.DriverVersion);
        nint before, after;
        Assert.Equal(0, context.Api.cuCtxGetCurrent(&before));
        context.MakeCurrent();
        Assert.Equal(0, context.Api.cuCtxGetCurrent(&after));
        Assert.Equal(0, before);
        Assert.NotEqual(0, after);
    }

    [Fact]
    public void A_driver_without_a_function_is_refused_by_the_functions_name()
    {
        using EmulatedCuda cuda = new(s_two with { MissingExports = ["cuGraphInstantiateWithFlags"] });
        CudaException refusal = Assert.Throws<CudaException>(() => new DriverApi(cuda.Libraries.Driver));
        Assert.Equal(
            "the emulated CUDA driver has no function cuGraphInstantiateWithFlags: install a driver for CUDA 12 or newer.", refusal.Message);
    }

    [Fact]
    public void A_device_that_does_not_exist_is_told_from_those_that_do()
    {
        Assert.Equal("There is no CUDA device 2: the driver sees 2 devices, numbers 0 to 1, choose one of them.", Refusal(s_two, 2).Message);
        Assert.Equal(
            "There is no CUDA device 1: the driver sees one device, number 0, choose one of them.", Refusal(s_two with { DeviceCount = 1 }, 1).Message);
        using EmulatedCuda cuda = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaContext(new DriverApi(cuda.Libraries.Driver), -1));
    }

    [Fact]
    public void No_device_at_all_is_said_as_such()
    {
        CudaException refusal = Refusal(s_two with { DeviceCount = 0 }, 0);
        Assert.Equal(100, refusal.Status);
        Assert.Contains("check `nvidia-smi`", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_driver_is_refused() => Assert.Equal(
        "the emulated CUDA driver supports CUDA 11.8 only: install a driver for CUDA 12 (525 or newer).",
        Refusal(s_two with { DriverVersion = 11080 }, 0).Message);

    [Fact]
    public void An_old_device_is_refused_and_left_alone() => Assert.Equal(
        "CUDA device 0, Msr emulated GPU 0, has compute capability 6.1; the kernels need 7.0 or newer: use another device or the CPU.",
        Refusal(s_two with { ComputeCapability = 61 }, 0).Message);

    [Theory]
    [InlineData(34, "stub")]
    [InlineData(100, "nvidia-smi")]
    [InlineData(803, "restart the machine")]
    public void A_driver_that_does_not_start_comes_with_advice(int status, string advice)
    {
        CudaException refusal = Refusal(s_two with { InitStatus = status }, 0);
        Assert.Equal((status, "cuInit"), (refusal.Status, refusal.Call));
        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuInit")]
    [InlineData("cuDriverGetVersion")]
    [InlineData("cuDeviceGetCount")]
    [InlineData("cuDeviceGet")]
    [InlineData("cuDeviceGetName")]
    [InlineData("cuDeviceGetAttribute")]
    [InlineData("cuDeviceTotalMem_v2")]
    [InlineData("cuDevicePrimaryCtxRetain")]
    public void Whatever_call_fails_is_named_and_nothing_stays_behind(string call) => Assert.Equal(call, Refusal(s_two.FailAt(call, 1, 1), 0, call).Call);

    [Fact]
    public void A_context_that_was_disposed_of_cannot_be_made_current()
    {
        using EmulatedCuda cuda = new();
        CudaContext context = new(new DriverApi(cuda.Libraries.Driver), 0);
        context.Dispose();
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(context.MakeCurrent);
        Assert.Equal(0, cuda.Live.Total);
        Assert.Empty(cuda.Faults);
    }

    /// <summary>How a device is refused. Nothing stays behind, and the call that fails, if one does, is the last but for the words of its status.</summary>
    private static CudaException Refusal(EmulationOptions options, int device, string? last = null)
    {
        using EmulatedCuda cuda = new(options);
        CudaException refusal = Assert.Throws<CudaException>(() => new CudaContext(new DriverApi(cuda.Libraries.Driver), device));
        Assert.Equal(0, cuda.Live.Total);
        Assert.Empty(cuda.Faults);
        if (last is not null)
        {
            Assert.Equal([last, "cuGetErrorName", "cuGetErrorString"], cuda.Calls.TakeLast(3));
        }

        return refusal;
    }
}
