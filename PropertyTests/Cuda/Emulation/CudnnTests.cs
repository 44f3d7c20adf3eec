using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Reference;
using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Cuda.Emulation;

/// <summary>The emulated cuDNN convolves as the reference does, and refuses what the real one would.</summary>
public sealed unsafe class CudnnTests
{
    private const int BadParam = 2000;
    private const int NotSupported = 3000;

    private static readonly string[] s_passes = ["Forward", "BackwardData", "BackwardFilter"];

    public static TheoryData<int> Geometries => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Geometries))]
    public void All_three_convolutions_are_those_of_the_reference(int index)
    {
        ConvGeometry geometry = Geometry(index);
        using RawCuda raw = RawCuda.Ready();
        using ReferenceBackend<double> reference = new();
        RawConvolution convolution = new(raw, geometry, samples: 2);
        foreach (string pass in s_passes)
        {
            (Shape first, Shape second, Shape result) = Shapes(pass, geometry, 2);
            (float[] a, float[] b) = (Values(first, 1), Values(second, 2));
            double[] expected = Reference(reference, pass, geometry, (first, a), (second, b), result);
            foreach ((int algorithm, int status, nuint bytes, _, _) in convolution.Algorithms(pass, 8))
            {
                float[] before = Values(result, 3);
                ulong address = raw.Upload(before);
                Assert.Equal(
                    status,
                    convolution.Convolve(pass, algorithm, raw.Upload(a), raw.Upload(b), address, 0.5f, 2, raw.Allocate((long)bytes + 4), (long)bytes));
                if (status == 0)
                {
                    float[] found = raw.Download(address, before.Length);
                    for (int i = 0; i < found.Length; i++)
                    {
                        Assert.Equal((0.5 * expected[i]) + (2 * before[i]), found[i], 1e-4);
                    }
                }
            }
        }

        convolution.Destroy();
        Assert.Equal((0, 0), (raw.Cuda.Live.Cudnn, raw.Cuda.Live.Descriptors));
        Assert.Equal(2, raw.Cuda.Faults.Count);
    }

    [Fact]
    public void Algorithms_say_what_they_need_and_the_fastest_gradients_promise_nothing()
    {
        using RawCuda raw = RawCuda.Ready();
        RawConvolution convolution = new(raw, Geometry(0), 1);
        foreach (string pass in s_passes)
        {
            var algorithms = convolution.Algorithms(pass, 16);
            Assert.Equal(pass == "Forward" ? 1 : 0, algorithms[0].Determinism);
            Assert.Contains(algorithms, one => one is { Status: 0, Determinism: 1, Bytes: > 0 });
            Assert.Contains(algorithms, one => one.Status == NotSupported);
            Assert.All(algorithms, one => Assert.Equal(3, one.MathType));
            Assert.Single(convolution.Algorithms(pass, 1));
            foreach ((int algorithm, int status, nuint bytes, _, _) in algorithms)
            {
                Assert.Equal(status, convolution.Workspace(pass, algorithm, out long needed));
                Assert.Equal((long)bytes, needed);
            }

            Assert.Equal(BadParam, convolution.Workspace(pass, 99, out _));
        }
    }

    [Fact]
    public void A_workspace_that_does_not_suffice_is_refused_and_what_lies_in_it_is_lost()
    {
        using RawCuda raw = RawCuda.Ready();
        ConvGeometry geometry = Geometry(0);
        RawConvolution convolution = new(raw, geometry, 1);
        ulong x = raw.Upload(Values(geometry.Input(1), 1));
        ulong w = raw.Upload(Values(geometry.Filter, 2));
        ulong y = raw.Allocate(geometry.Output(1).Length * sizeof(float));
        Assert.Equal(0, convolution.Workspace("Forward", 1, out long needed));
        ulong workspace = raw.Upload(new float[needed / sizeof(float)]);
        Assert.Equal(BadParam, convolution.Convolve("Forward", 1, x, w, y));
        Assert.Equal(BadParam, convolution.Convolve("Forward", 1, x, w, y, workspace: workspace, bytes: needed - 1));
        Assert.Equal(BadParam, convolution.Convolve("Forward", 1, x, w, y, workspace: 0, bytes: needed));
        Assert.Equal(0, convolution.Convolve("Forward", 1, x, w, y, workspace: workspace, bytes: needed));
        Assert.All(raw.Download(workspace, (int)needed / sizeof(float)), left => Assert.NotEqual(0, left));
        Assert.Equal(0, raw.Free(workspace));
        Assert.Equal(5000, convolution.Convolve("Forward", 1, x, w, y, workspace: workspace, bytes: needed));
        Assert.Equal(700, raw.Synchronize());
    }

    [Fact]
    public void Only_float32_throughout_keeps_TF32_out()
    {
        ConvGeometry geometry = new(1, 1, 1, 1, 1, 1);
        foreach ((int capability, int mathType, bool rounds) in new[] { (90, 3, false), (90, 0, true), (90, 1, true), (75, 0, false) })
        {
            using RawCuda raw = RawCuda.Ready(new EmulationOptions { ComputeCapability = capability });
            RawConvolution convolution = new(raw, geometry, 1, mathType);
            ulong y = raw.Allocate(4);
            Assert.Equal(0, convolution.Convolve("Forward", 0, raw.Upload([1.0001f]), raw.Upload([1]), y));
            Assert.Equal(rounds ? 1 : 1.0001f, raw.Download(y, 1)[0]);
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_and_layouts_that_are_not_emulated_named_so()
    {
        using RawCuda raw = RawCuda.Ready();
        ConvGeometry geometry = Geometry(0);
        RawConvolution convolution = new(raw, geometry, 1);
        ulong memory = raw.Upload(Values(geometry.Input(4), 1));
        Assert.Equal(0, convolution.SetOutput(geometry.P + 1));
        Assert.Equal(BadParam, convolution.Convolve("Forward", 0, memory, memory, memory));
        Assert.Equal(BadParam, convolution.Set("cudnnSetConvolutionGroupCount", 0));
        Assert.Equal(BadParam, convolution.Set("cudnnSetConvolutionMathType", 4));
        Assert.Equal(NotSupported, new RawConvolution(raw, geometry, 1, layout: 0).Convolve("Forward", 0, memory, memory, memory));
    }

    [Fact]
    public void Operands_that_nobody_wrote_or_that_lie_askew_are_caught()
    {
        ConvGeometry geometry = new(1, 1, 1, 1, 1, 1);
        using RawCuda raw = RawCuda.Ready();
        Assert.Equal(5000, new RawConvolution(raw, geometry, 1).Convolve("Forward", 0, raw.Upload([1]), raw.Allocate(4), raw.Allocate(4)));
        Assert.Contains("second operand", raw.Cuda.LastFault!.Message, StringComparison.Ordinal);
        Assert.Equal(719, raw.Synchronize());

        using RawCuda other = RawCuda.Ready();
        Assert.Equal(5000, new RawConvolution(other, geometry, 1).Convolve("Forward", 0, other.Upload([1, 2]) + 2, other.Upload([1]), other.Allocate(4)));
        Assert.Equal(716, other.Synchronize());
    }

    [Fact]
    public void A_captured_convolution_keeps_its_shape_and_runs_at_the_launch()
    {
        using RawCuda raw = RawCuda.Ready();
        nint stream = raw.Stream();
        RawConvolution convolution = new(raw, new ConvGeometry(1, 1, 1, 1, 1, 1), 1);
        Assert.Equal(0, ((delegate* unmanaged<nint, nint, int>)raw.CudnnAt("cudnnSetStream"))(convolution.Handle, stream));
        (ulong x, ulong w, ulong y) = (raw.Upload([3]), raw.Upload([5]), raw.Upload([0]));
        Assert.Equal(0, raw.BeginCapture(stream));
        Assert.Equal(0, convolution.Convolve("Forward", 0, x, w, y));
        Assert.Equal(0, raw.EndCapture(stream, out nint graph));
        convolution.Destroy();
        Assert.Equal([0], raw.Download(y, 1));
        Assert.Equal(0, raw.OfTwo("cuGraphLaunch", raw.Instantiate(graph), stream));
        Assert.Equal([15], raw.Download(y, 1));
    }

    private static ConvGeometry Geometry(int index) => index switch
    {
        0 => new ConvGeometry(5, 6, 4, 3, 3, 3, padding: new Border(1)),
        1 => new ConvGeometry(7, 5, 4, 6, 3, 2, stride: (2, 1), padding: new Border(1, 0, 1, 0), groups: 2),
        2 => new ConvGeometry(9, 8, 2, 2, 3, 3, padding: new Border(2), dilation: (2, 3)),
        _ => new ConvGeometry(4, 4, 3, 5, 1, 1, stride: (2, 2)),
    };

    private static (Shape First, Shape Second, Shape Result) Shapes(string pass, ConvGeometry geometry, int n) => pass switch
    {
        "Forward" => (geometry.Input(n), geometry.Filter, geometry.Output(n)),
        "BackwardData" => (geometry.Filter, geometry.Output(n), geometry.Input(n)),
        _ => (geometry.Input(n), geometry.Output(n), geometry.Filter),
    };

    private static double[] Reference(
        ReferenceBackend<double> backend, string pass, ConvGeometry geometry, (Shape Shape, float[] Values) a, (Shape Shape, float[] Values) b, Shape result)
    {
        TensorRef<double> first = Tensor(backend, a.Shape, a.Values);
        TensorRef<double> second = Tensor(backend, b.Shape, b.Values);
        TensorRef<double> destination = backend.Allocate<double>(result.Length).View(0, result);
        backend.Run(pass switch
        {
            "Forward" => new ConvForward<double>(geometry, first, second, destination),
            "BackwardData" => new ConvBackwardData<double>(geometry, second, first, destination),
            _ => new ConvBackwardFilter<double>(geometry, first, second, destination),
        });
        return HostMemory<double>.SpanOf(destination).ToArray();
    }

    private static TensorRef<double> Tensor(ReferenceBackend<double> backend, Shape shape, float[] values)
    {
        TensorRef<double> tensor = backend.Allocate<double>(shape.Length).View(0, shape);
        Span<double> elements = HostMemory<double>.SpanOf(tensor);
        for (int i = 0; i < values.Length; i++)
        {
            elements[i] = values[i];
        }

        return tensor;
    }

    private static float[] Values(Shape shape, ulong seed)
    {
        float[] values = new float[shape.Length];
        RandomStream stream = new RandomStream(seed).Split("values");
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)stream.Uniform((ulong)i) - 0.5f;
        }

        return values;
    }
}
