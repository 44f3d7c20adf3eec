using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>Opening a device: what it tells, and one sentence for each way that it can fail.</summary>
public sealed class CudaContextTests : IDisposable
{
    private readonly FakeDriver _driver = new();

    public void Dispose() => _driver.Dispose();

    [Fact]
    public void A_context_tells_what_the_device_is()
    {
        using CudaContext context = new(new DriverApi(_driver), 1);
        Assert.Equal("Fake 41", context.DeviceName);
        Assert.Equal(new Version(9, 1), context.ComputeCapability);
        Assert.Equal(132, context.MultiprocessorCount);
        Assert.Equal(80, context.TotalMemory);
        Assert.Equal(new Version(12, 4), context.DriverVersion);
        context.MakeCurrent();
        Assert.Equal(FakeDriver.ContextHandle, _driver.Current);
    }

    [Fact]
    public void A_driver_without_a_function_is_refused_by_the_functions_name()
    {
        _driver.Missing.Add("cuGraphInstantiateWithFlags");
        CudaException refusal = Assert.Throws<CudaException>(() => new DriverApi(_driver));
        Assert.Equal("libfake.so has no function cuGraphInstantiateWithFlags: it is too old, needs a driver for CUDA 12 or newer.", refusal.Message);
    }

    [Fact]
    public void A_device_that_does_not_exist_is_told_from_those_that_do()
    {
        Assert.Equal("There is no CUDA device 2: the driver sees 2 devices, numbers 0 to 1, name one of those.", Refusal(2).Message);
        _driver.Devices = 1;
        Assert.Equal("There is no CUDA device 1: the driver sees one device, number 0, name one of those.", Refusal(1).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaContext(new DriverApi(_driver), -1));
    }

    [Fact]
    public void No_device_at_all_is_said_as_such()
    {
        _driver.Devices = 0;
        CudaException refusal = Refusal(0);
        Assert.Equal(100, refusal.Status);
        Assert.Contains("check `nvidia-smi`", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_driver_is_refused()
    {
        _driver.Version = 11080;
        Assert.Equal("libfake.so supports CUDA 11.8 only: install a driver for CUDA 12 (525 or newer).", Refusal(0).Message);
    }

    [Fact]
    public void An_old_device_is_refused_and_left_alone()
    {
        _driver.Major = 6;
        Assert.Equal(
            "CUDA device 0, Fake 40, has compute capability 6.1: the kernels need 7.0 or newer, use another device or the CPU.", Refusal(0).Message);
        Assert.Empty(_driver.Live);
    }

    [Theory]
    [InlineData(34, "stub")]
    [InlineData(100, "nvidia-smi")]
    [InlineData(803, "restart the machine")]
    public void A_driver_that_does_not_start_comes_with_advice(int status, string advice)
    {
        _driver.Failing["cuInit"] = status;
        CudaException refusal = Refusal(0);
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
    public void Whatever_call_fails_is_named_and_nothing_stays_behind(string call)
    {
        _driver.Failing[call] = 1;
        Assert.Equal(call, Refusal(0).Call);
        Assert.Empty(_driver.Live);
        Assert.Equal(call, _driver.Calls[^1]);
    }

    [Fact]
    public void A_context_that_was_disposed_of_cannot_be_made_current()
    {
        CudaContext context = new(new DriverApi(_driver), 0);
        context.Dispose();
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(context.MakeCurrent);
        Assert.Empty(_driver.Live);
        Assert.Empty(_driver.ReleasedTwice);
    }

    private CudaException Refusal(int device) => Assert.Throws<CudaException>(() => new CudaContext(new DriverApi(_driver), device));
}
