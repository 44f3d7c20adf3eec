using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Reference;
using Msr.Cuda.Emulation;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>What cuDNN is told, in its own order, and which of its algorithms are taken.</summary>
public sealed class CudnnHandleTests : IDisposable
{
    private const int Samples = 2;
    private const long EnoughBytes = 1 << 20;
    private const int Unsupported = 3000;
    private const int BadParam = 2000;

    // No two extents that could be taken for one another are alike.
    private static readonly ConvGeometry s_geometry = new(13, 17, 6, 4, 2, 3, stride: (2, 3), padding: new Border(1, 2, 1, 2), dilation: (3, 2), groups: 2);

    private readonly BoundCuda _bound = new();
    private readonly CudnnHandle _cudnn;
    private readonly TensorDescriptor _x;
    private readonly TensorDescriptor _y;
    private readonly FilterDescriptor _w;
    private readonly ConvolutionDescriptor _convolution;

    public CudnnHandleTests()
    {
        ConvGeometry g = s_geometry;
        _cudnn = new CudnnHandle(new CudnnApi(_bound.Cuda.Libraries.Cudnn!), _bound.Stream);
        _x = new TensorDescriptor(_cudnn, Samples, g.H, g.W, g.C);
        _y = new TensorDescriptor(_cudnn, Samples, g.P, g.Q, g.K);
        _w = new FilterDescriptor(_cudnn, g.K, g.R, g.S, g.GroupC);
        _convolution = new ConvolutionDescriptor(_cudnn, (1, 2), (2, 3), (3, 2), 2, tf32: false);
    }

    public void Dispose()
    {
        foreach (IDisposable one in (IDisposable[])[_convolution, _w, _y, _x, _cudnn, _bound])
        {
            one.Dispose();
        }
    }

    [Fact]
    public void The_performance_record_is_laid_out_as_cudnns()
    {
        Assert.Equal(48, Unsafe.SizeOf<CudnnPerformance>());
        Assert.Equal(4, Marshal.OffsetOf<CudnnPerformance>(nameof(CudnnPerformance.Status)));
        Assert.Equal(8, Marshal.OffsetOf<CudnnPerformance>(nameof(CudnnPerformance.Time)));
        Assert.Equal(16, Marshal.OffsetOf<CudnnPerformance>(nameof(CudnnPerformance.Memory)));
        Assert.Equal(24, Marshal.OffsetOf<CudnnPerformance>(nameof(CudnnPerformance.Determinism)));
        Assert.Equal(28, Marshal.OffsetOf<CudnnPerformance>(nameof(CudnnPerformance.MathType)));
    }

    /// <summary>Descriptors that speak another order make another convolution, or none.</summary>
    [Theory]
    [InlineData(ConvDirection.Forward, 0.5f)]
    [InlineData(ConvDirection.BackwardData, 0)]
    [InlineData(ConvDirection.BackwardFilter, 0.25f)]
    public void Each_direction_passes_descriptors_and_operands_in_cudnns_own_order(ConvDirection direction, float beta)
    {
        ConvolutionProblem problem = Problem(direction);
        (float[] x, float[] w, float[] y) = (Numbers(s_geometry.Input(Samples), 3), Numbers(s_geometry.Filter, 5), Numbers(s_geometry.Output(Samples), 7));
        using DeviceAllocation images = _bound.Upload(x), filters = _bound.Upload(w), outputs = _bound.Upload(y);
        ConvolutionAlgorithm algorithm = _cudnn.Choose(problem, EnoughBytes, deterministic: true)!.Value;
        using DeviceAllocation workspace = new(_bound.Context, algorithm.WorkspaceBytes);
        _cudnn.Convolve(problem, algorithm, images.Address, filters.Address, outputs.Address, workspace.Address, beta);
        Assert.Empty(_bound.Cuda.Faults);

        double[] expected = Reference(direction, x, w, y);
        (DeviceAllocation result, float[] before) = direction switch
        {
            ConvDirection.Forward => (outputs, y),
            ConvDirection.BackwardData => (images, x),
            _ => (filters, w),
        };
        Assert.All(_bound.Download(result), (found, i) => Assert.Equal(expected[i] + (beta * before[i]), found, 1e-3));
    }

    [Fact]
    public void Convolutions_are_queued_on_the_stream()
    {
        using DeviceAllocation images = _bound.Upload(Numbers(s_geometry.Input(Samples), 3)), filters = _bound.Upload(Numbers(s_geometry.Filter, 5));
        using DeviceAllocation outputs = _bound.Upload(new float[s_geometry.Output(Samples).Length]);
        ConvolutionAlgorithm algorithm = _cudnn.Choose(Problem(ConvDirection.Forward), 0, deterministic: true)!.Value;
        _bound.Stream.BeginCapture();
        _cudnn.Convolve(Problem(ConvDirection.Forward), algorithm, images.Address, filters.Address, outputs.Address, 0, 0);
        _bound.Stream.EndCapture().Dispose();
        Assert.All(_bound.Download(outputs), static value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(false, 1.0001f)]
    [InlineData(true, 1)]
    public void Nothing_rounds_to_tf32_unless_asked(bool tf32, float expected)
    {
        using TensorDescriptor pixel = new(_cudnn, 1, 1, 1, 1);
        using FilterDescriptor filter = new(_cudnn, 1, 1, 1, 1);
        using ConvolutionDescriptor convolution = new(_cudnn, (0, 0), (1, 1), (1, 1), 1, tf32);
        using DeviceAllocation x = _bound.Upload(1.0001f), w = _bound.Upload(1), y = _bound.Upload(0);
        ConvolutionProblem problem = new(ConvDirection.Forward, pixel, filter, pixel, convolution);
        _cudnn.Convolve(problem, _cudnn.Choose(problem, 0, deterministic: true)!.Value, x.Address, w.Address, y.Address, 0, 0);
        Assert.Equal([expected], _bound.Download(y));
    }

    [Fact]
    public void The_first_algorithm_that_may_be_used_is_taken()
    {
        // Forward, 1 with a workspace comes before 0 without; of the gradients by the images, 0 promises nothing.
        long needed = Choose(ConvDirection.Forward, EnoughBytes, deterministic: true)!.Value.WorkspaceBytes;
        Assert.Equal(new ConvolutionAlgorithm(1, needed, true), Choose(ConvDirection.Forward, needed, deterministic: true));
        Assert.Equal(new ConvolutionAlgorithm(0, 0, true), Choose(ConvDirection.Forward, needed - 1, deterministic: true));
        Assert.Equal(new ConvolutionAlgorithm(0, 0, false), Choose(ConvDirection.BackwardData, needed, deterministic: false));
        Assert.Equal(new ConvolutionAlgorithm(1, needed, true), Choose(ConvDirection.BackwardData, needed, deterministic: true));
        Assert.Null(Choose(ConvDirection.BackwardData, needed - 1, deterministic: true));
    }

    [Fact]
    public void What_failed_rounds_inputs_or_transforms_first_is_never_taken()
    {
        int[] allowed = [0, 1, 2];
        CudnnPerformance usable = new() { Algorithm = 1, Determinism = 1, MathType = 3 };
        Assert.True(usable.MayBeUsed(allowed, deterministic: true));
        Assert.True((usable with { MathType = 0 }).MayBeUsed(allowed, deterministic: true));
        Assert.True((usable with { Determinism = 0 }).MayBeUsed(allowed, deterministic: false));
        Assert.False((usable with { Determinism = 0 }).MayBeUsed(allowed, deterministic: true));
        Assert.False((usable with { Status = 9 }).MayBeUsed(allowed, deterministic: true));
        Assert.False((usable with { MathType = 1 }).MayBeUsed(allowed, deterministic: true));
        Assert.False((usable with { MathType = 2 }).MayBeUsed(allowed, deterministic: true));
        Assert.False((usable with { Algorithm = 6 }).MayBeUsed(allowed, deterministic: true));
    }

    [Theory]
    [InlineData(ConvDirection.Forward)]
    [InlineData(ConvDirection.BackwardData)]
    [InlineData(ConvDirection.BackwardFilter)]
    public void What_cudnn_cannot_do_is_no_failure_and_what_fails_is_none_of_that(ConvDirection direction)
    {
        string list = $"cudnnGetConvolution{direction}Algorithm_v7", measure = $"cudnnGetConvolution{direction}WorkspaceSize";
        ConvolutionAlgorithm? usual = Choose(direction, EnoughBytes, deterministic: false);
        _bound.Cuda.FailAt(list, 2, Unsupported);
        Assert.Null(Choose(direction, EnoughBytes, deterministic: false));
        _bound.Cuda.FailAt(list, 3, BadParam);
        CudaException failure = Assert.Throws<CudaException>(() => Choose(direction, EnoughBytes, deterministic: false));
        Assert.Equal($"{list} failed with CUDNN_STATUS_BAD_PARAM (2000).", failure.Message);

        // An algorithm whose workspace cannot be told cannot be used after all: the next is.
        _bound.Cuda.FailAt(measure, 2, Unsupported);
        ConvolutionAlgorithm? next = Choose(direction, EnoughBytes, deterministic: false);
        Assert.NotNull(next);
        Assert.NotEqual(usual, next);
        _bound.Cuda.FailAt(measure, _bound.Cuda.CallsOf(measure) + 1, BadParam);
        Assert.Equal(measure, Assert.Throws<CudaException>(() => Choose(direction, EnoughBytes, deterministic: false)).Call);
        string convolve = $"cudnnConvolution{direction}";
        _bound.Cuda.FailAt(convolve, 1, BadParam);
        Assert.Equal(
            convolve, Assert.Throws<CudaException>(() => _cudnn.Convolve(Problem(direction), usual!.Value, 0, 0, 0, 0, 0)).Call);
    }

    [Theory]
    [InlineData(90600, "9.6.0")]
    [InlineData(8907, "8.9.7")]
    public void Both_numberings_of_releases_are_read(int number, string release)
    {
        using BoundCuda bound = new(new EmulationOptions { CudnnVersion = number });
        using CudnnHandle cudnn = new(new CudnnApi(bound.Cuda.Libraries.Cudnn!), bound.Stream);
        Assert.Equal(Version.Parse(release), cudnn.LibraryVersion);
    }

    [Fact]
    public void An_older_release_is_refused()
    {
        using BoundCuda bound = new(new EmulationOptions { CudnnVersion = 7605 });
        Assert.Equal(
            "the emulated cuDNN is cuDNN 7: install cuDNN 9 (or 8), or run without cuDNN.",
            Assert.Throws<CudaException>(() => new CudnnHandle(new CudnnApi(bound.Cuda.Libraries.Cudnn!), bound.Stream)).Message);
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
        int before = _bound.Cuda.Live.Total;
        _bound.Cuda.FailAt(call, _bound.Cuda.CallsOf(call) + 1, BadParam);
        CudaException failure = Assert.Throws<CudaException>(() => Open(call));
        Assert.Equal(call, failure.Call);
        Assert.Equal(before, _bound.Cuda.Live.Total);
    }

    [Fact]
    public void Everything_is_destroyed_once_also_after_the_context()
    {
        _bound.Context.Dispose();
        foreach (IDisposable one in (IDisposable[])[_convolution, _w, _y, _x, _cudnn, _bound.Stream])
        {
            one.Dispose();
        }

        Assert.Equal("nothing", _bound.Cuda.Live.ToString());
        Assert.Empty(_bound.Cuda.Faults);
    }

    private static double[] Reference(ConvDirection direction, float[] x, float[] w, float[] y)
    {
        using ReferenceBackend<double> reference = new();
        TensorRef<double> images = Tensor(x, s_geometry.Input(Samples)), filters = Tensor(w, s_geometry.Filter), outputs = Tensor(y, s_geometry.Output(Samples));
        ConvolutionOp<double> op = direction switch
        {
            ConvDirection.Forward => new ConvForward<double>(s_geometry, images, filters, outputs),
            ConvDirection.BackwardData => new ConvBackwardData<double>(s_geometry, outputs, filters, images),
            _ => new ConvBackwardFilter<double>(s_geometry, images, outputs, filters),
        };
        reference.Run(op);
        return HostMemory<double>.SpanOf(op.Result).ToArray();

        TensorRef<double> Tensor(float[] values, Shape shape)
        {
            TensorRef<double> tensor = reference.Allocate<double>(values.Length).View(0, shape);
            reference.Upload<double>([.. values.Select(static value => (double)value)], tensor);
            return tensor;
        }
    }

    private static float[] Numbers(Shape shape, int seed) => [.. Enumerable.Range(0, (int)shape.Length).Select(i => (((i * seed) + seed) % 23 / 23f) - 0.5f)];

    private ConvolutionProblem Problem(ConvDirection direction) => new(direction, _x, _w, _y, _convolution);

    private IDisposable Open(string call) => call switch
    {
        "cudnnSetStream" => new CudnnHandle(new CudnnApi(_bound.Cuda.Libraries.Cudnn!), _bound.Stream),
        "cudnnSetTensor4dDescriptor" => new TensorDescriptor(_cudnn, 1, 1, 1, 1),
        "cudnnSetFilter4dDescriptor" => new FilterDescriptor(_cudnn, 1, 1, 1, 1),
        _ => new ConvolutionDescriptor(_cudnn, (0, 0), (1, 1), (1, 1), 1, tf32: false),
    };

    private ConvolutionAlgorithm? Choose(ConvDirection direction, long limit, bool deterministic) => _cudnn.Choose(Problem(direction), limit, deterministic);
}
