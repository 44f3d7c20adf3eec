using Msr.Cuda.Emulation;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>A status becomes one sentence: which call, for what, why, what to do.</summary>
public sealed class CudaExceptionTests : IDisposable
{
    private readonly EmulatedCuda _cuda = new();
    private readonly DriverApi _api;

    public CudaExceptionTests() => _api = new DriverApi(_cuda.Libraries.Driver);

    public void Dispose() => _cuda.Dispose();

    [Fact]
    public void A_failure_names_call_subject_status_and_advice()
    {
        CudaException failure = _api.Failure(2, "cuMemAlloc_v2", "of 64 bytes");
        Assert.Equal(
            "cuMemAlloc_v2 of 64 bytes failed with CUDA_ERROR_OUT_OF_MEMORY (2), out of memory: use a smaller batch, or free memory on the device "
            + "that other programs hold.",
            failure.Message);
        Assert.Equal(("cuMemAlloc_v2", 2, "CUDA_ERROR_OUT_OF_MEMORY"), (failure.Call, failure.Status, failure.StatusName));
        Assert.Null(failure.Operation);
    }

    [Fact]
    public void The_op_that_was_running_begins_the_message()
    {
        CudaException failure = _api.Failure(2, "cuLaunchKernel");
        CudaException during = failure.During("conv.forward");
        Assert.Equal("conv.forward", during.Operation);
        Assert.Equal("conv.forward: " + failure.Message, during.Message);
        Assert.Equal((failure.Call, failure.Status, failure.StatusName), (during.Call, during.Status, during.StatusName));
        Assert.Same(failure, during.InnerException);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(34)]
    [InlineData(100)]
    [InlineData(201)]
    [InlineData(218)]
    [InlineData(222)]
    [InlineData(500)]
    [InlineData(700)]
    [InlineData(719)]
    [InlineData(803)]
    public void Every_error_that_a_user_meets_has_advice(int status)
    {
        string advice = DriverAdvice.For(status)!;
        Assert.EndsWith($": {advice}.", _api.Failure(status, "cuInit").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_without_advice_still_ends_its_sentence()
    {
        Assert.Equal("cuInit failed with CUDA_ERROR_INVALID_VALUE (1), invalid argument.", _api.Failure(1, "cuInit").Message);
        Assert.Equal("cuInit failed with an unknown error (12345).", _api.Failure(12345, "cuInit").Message);
    }

    [Fact]
    public void A_call_is_named_as_it_was_written()
    {
        CudaException failure = Assert.Throws<CudaException>(() => _api.Check(_api.cuCtxSynchronize()));
        Assert.Equal(("cuCtxSynchronize", 3), (failure.Call, failure.Status));
        Assert.Equal("cuInit", CallName.Of("_api.Other.cuInit(a.b(c))"));
        Assert.Equal("status", CallName.Of("status"));
    }

    [Fact]
    public void A_call_that_succeeds_allocates_nothing()
    {
        DriverApi api = new(new QuietLibrary(_cuda.Libraries.Driver, "cuCtxSetCurrent"));
        using CudaContext context = new(api, 0);
        context.MakeCurrent();
        long before = GC.GetAllocatedBytesForCurrentThread();
        context.MakeCurrent();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
