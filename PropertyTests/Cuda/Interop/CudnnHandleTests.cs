using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>What cuDNN is told, in its own order, and which of its algorithms are taken.</summary>
public sealed class CudnnHandleTests : IDisposable
{
    private readonly FakeDriver _driver = new();
    private readonly FakeCudnn _library = new();
    private readonly CudaContext _context;
    private readonly CudaStream _stream;
    private readonly CudnnHandle _cudnn;
    private readonly TensorDescriptor _x;
    private readonly TensorDescriptor _y;
    private readonly FilterDescriptor _w;
    private readonly ConvolutionDescriptor _convolution;

    public CudnnHandleTests()
    {
        _context = new CudaContext(new DriverApi(_driver), 0);
        _stream = new CudaStream(_context);
        _cudnn = new CudnnHandle(new CudnnApi(_library), _stream);
        _x = new TensorDescriptor(_cudnn, 2, 3, 4, 5);
        _y = new TensorDescriptor(_cudnn, 2, 3, 4, 7);
        _w = new FilterDescriptor(_cudnn, 7, 1, 9, 5);
        _convolution = new ConvolutionDescriptor(_cudnn, (1, 2), (3, 4), (5, 6), 8, tf32: false);
    }

    public void Dispose()
    {
        foreach (IDisposable one in (IDisposable[])[_convolution, _w, _y, _x, _cudnn, _stream, _context, _library, _driver])
        {
            one.Dispose();
        }
    }

    [Fact]
    public void The_performance_record_is_laid_out_as_cudnns()
    {
        Assert.Equal(48, Unsafe.SizeOf<CudnnPerformance>());
        Assert.Equal(16, Marshal.OffsetOf<CudnnPerformance>(nameof(CudnnPerformance.Memory)));
        Assert.Equal(24, Marshal.OffsetOf<CudnnPerformance>(nameof(CudnnPerformance.Determinism)));
    }

    [Fact]
    public void Descriptors_speak_cudnns_order()
    {
        // Format NHWC and type float, n c h w; type before format, k c r s.
        Assert.Equal([1, 0, 2, 7, 3, 4], _library.Arguments["cudnnSetTensor4dDescriptor"]);
        Assert.Equal([0, 1, 7, 5, 1, 9], _library.Arguments["cudnnSetFilter4dDescriptor"]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 1, 0], _library.Arguments["cudnnSetConvolution2dDescriptor"]);
        Assert.Equal([8], _library.Arguments["cudnnSetConvolutionGroupCount"]);
        Assert.Equal([_stream.Handle], _library.Arguments["cudnnSetStream"]);
    }

    [Fact]
    public void Nothing_rounds_to_tf32_unless_asked()
    {
        Assert.Equal([3], _library.Arguments["cudnnSetConvolutionMathType"]);
        using ConvolutionDescriptor rounded = new(_cudnn, (0, 0), (1, 1), (1, 1), 1, tf32: true);
        Assert.Equal([0], _library.Arguments["cudnnSetConvolutionMathType"]);
    }

    [Fact]
    public void Each_convolution_passes_its_operands_in_its_own_order()
    {
        ConvolutionAlgorithm algorithm = new(6, 64, true);
        nint x = _x.Handle, y = _y.Handle, w = _w.Handle, conv = _convolution.Handle;
        _cudnn.Forward(_convolution, algorithm, _x, 100, _w, 200, 300, 0.5f, _y, 400);
        Assert.Equal([10, x, 100, w, 200, conv, 6, 300, 64, 5, y, 400], _library.Arguments["cudnnConvolutionForward"]);
        _cudnn.BackwardData(_convolution, algorithm, _w, 200, _y, 400, 300, 0, _x, 100);
        Assert.Equal([10, w, 200, y, 400, conv, 6, 300, 64, 0, x, 100], _library.Arguments["cudnnConvolutionBackwardData"]);
        _cudnn.BackwardFilter(_convolution, algorithm, _x, 100, _y, 400, 300, 0.25f, _w, 200);
        Assert.Equal([10, x, 100, y, 400, conv, 6, 300, 64, 2, w, 200], _library.Arguments["cudnnConvolutionBackwardFilter"]);
    }

    [Fact]
    public void Each_choice_passes_its_operands_in_its_own_order()
    {
        nint x = _x.Handle, y = _y.Handle, w = _w.Handle, conv = _convolution.Handle;
        Assert.Null(_cudnn.ForwardAlgorithm(_x, _w, _convolution, _y, 0, deterministic: true));
        Assert.Null(_cudnn.BackwardDataAlgorithm(_w, _y, _convolution, _x, 0, deterministic: true));
        Assert.Null(_cudnn.BackwardFilterAlgorithm(_x, _y, _convolution, _w, 0, deterministic: true));
        Assert.Equal([x, w, conv, y], _library.Arguments["cudnnGetConvolutionForwardAlgorithm_v7"]);
        Assert.Equal([w, y, conv, x], _library.Arguments["cudnnGetConvolutionBackwardDataAlgorithm_v7"]);
        Assert.Equal([x, y, conv, w], _library.Arguments["cudnnGetConvolutionBackwardFilterAlgorithm_v7"]);
    }

    [Fact]
    public void The_first_algorithm_that_may_be_used_is_taken()
    {
        _library.Offers =
        [
            new CudnnPerformance { Algorithm = 5, Determinism = 1, MathType = 3 },
            new CudnnPerformance { Algorithm = 2, Determinism = 0, MathType = 3, Memory = 10 },
            new CudnnPerformance { Algorithm = 0, Determinism = 1, MathType = 3, Memory = 1000 },
            new CudnnPerformance { Algorithm = 1, Determinism = 1, MathType = 0, Memory = 500 },
        ];
        Assert.Equal(new ConvolutionAlgorithm(1, 500, true), Choose(999, deterministic: true));
        Assert.Equal(new ConvolutionAlgorithm(0, 1000, true), Choose(1000, deterministic: true));
        Assert.Equal(new ConvolutionAlgorithm(2, 10, false), Choose(1000, deterministic: false));
        Assert.Null(Choose(499, deterministic: true));
    }

    [Fact]
    public void What_failed_rounds_inputs_or_transforms_first_is_never_taken()
    {
        _library.Offers =
        [
            new CudnnPerformance { Algorithm = 0, Status = 9, Determinism = 1, MathType = 3 },
            new CudnnPerformance { Algorithm = 1, Determinism = 1, MathType = 1 },
            new CudnnPerformance { Algorithm = 2, Determinism = 1, MathType = 2 },
            new CudnnPerformance { Algorithm = 6, Determinism = 1, MathType = 3 },
        ];
        Assert.Null(Choose(1000, deterministic: true));
    }

    [Fact]
    public void What_cudnn_cannot_do_is_no_failure_and_what_fails_is_none_of_that()
    {
        _library.Failing["cudnnGetConvolutionForwardAlgorithm_v7"] = 3000;
        Assert.Null(Choose(0, deterministic: true));
        _library.Failing["cudnnGetConvolutionForwardAlgorithm_v7"] = 2000;
        CudaException failure = Assert.Throws<CudaException>(() => Choose(0, deterministic: true));
        Assert.Equal("cudnnGetConvolutionForwardAlgorithm_v7 failed with CUDNN_STATUS_BAD_PARAM (2000).", failure.Message);
    }

    [Theory]
    [InlineData(90600, "9.6.0")]
    [InlineData(8907, "8.9.7")]
    public void Both_numberings_of_releases_are_read(int number, string release)
    {
        _library.Release = (nuint)number;
        using CudnnHandle cudnn = new(new CudnnApi(_library), _stream);
        Assert.Equal(Version.Parse(release), cudnn.LibraryVersion);
    }

    [Fact]
    public void An_older_release_is_refused()
    {
        _library.Release = 7605;
        Assert.Equal(
            "libfake.so is cuDNN 7: install cuDNN 9 (or 8), or run without cuDNN.",
            Assert.Throws<CudaException>(() => new CudnnHandle(new CudnnApi(_library), _stream)).Message);
    }

    [Theory]
    [InlineData("cudnnSetStream")]
    [InlineData("cudnnSetTensor4dDescriptor")]
    [InlineData("cudnnSetFilter4dDescriptor")]
    [InlineData("cudnnSetConvolution2dDescriptor")]
    [InlineData("cudnnSetConvolutionGroupCount")]
    [InlineData("cudnnSetConvolutionMathType")]
    public void What_cannot_be_set_up_is_destroyed(string call)
    {
        int before = _library.Live.Count;
        _library.Failing[call] = 2000;
        CudaException failure = Assert.Throws<CudaException>(() => Open(call));
        Assert.Equal(call, failure.Call);
        Assert.Equal(before, _library.Live.Count);
    }

    [Fact]
    public void Everything_is_destroyed_once_also_after_the_context()
    {
        _context.Dispose();
        Dispose();
        Assert.Empty(_library.Live);
        Assert.Empty(_driver.Live);
        Assert.Empty(_driver.ReleasedTwice);
    }

    private IDisposable Open(string call) => call switch
    {
        "cudnnSetStream" => new CudnnHandle(new CudnnApi(_library), _stream),
        "cudnnSetTensor4dDescriptor" => new TensorDescriptor(_cudnn, 1, 1, 1, 1),
        "cudnnSetFilter4dDescriptor" => new FilterDescriptor(_cudnn, 1, 1, 1, 1),
        _ => new ConvolutionDescriptor(_cudnn, (0, 0), (1, 1), (1, 1), 1, tf32: false),
    };

    private ConvolutionAlgorithm? Choose(long limit, bool deterministic) =>
        _cudnn.ForwardAlgorithm(_x, _w, _convolution, _y, limit, deterministic);
}
