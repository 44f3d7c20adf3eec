using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Memory;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu;
using Msr.Cpu.Execution;
using Msr.Cpu.Kernels;
using Msr.Cpu.Simd;
using PropertyTests.Training;

namespace PropertyTests.Cpu;

/// <summary>What runs on the pieces of another op's result has the bits of the same ops one after another.</summary>
public sealed class EpilogueTests
{
    private static readonly Sgd s_sgd = new(0.9, Nesterov: true, 0, 5e-4);

    public static TheoryData<VectorPath> Paths { get; } = [.. Enum.GetValues<VectorPath>()];

    [Fact]
    public void Everything_behind_the_convolutions_of_a_net_is_in_their_tails()
    {
        Network network = ModelCatalog.Create("resnet20", new Shape(32, 32, 3), 10, new ModelOptions { Width = 16 });
        Plan<float> plan = TrainingPlan.Of<float>(network, new UpdateRule { Optimizer = s_sgd }, new PlanSettings(4));
        EpilogueFusion<float> fusion = new(new KernelSet<SimdScalar<float>, float, float>());
        SampleSplit<float> split = SampleSplit<float>.Of(plan.Forward.Concat(plan.Backward), plan.Ports.Correct.Memory)!;
        List<OpGroup<float>> pass = fusion.Fuse(split.PerSample);

        // The stem's bias and ReLU, a ReLU in each of nine blocks, a sum and a ReLU behind it; then a gate for every convolution but the
        // last, and a copy of the gated gradient for the identity shortcuts.
        Dictionary<string, int> expected = new()
        {
            [BiasAdd<float>.Kind] = 1,
            [ReluForward<float>.Kind] = 19,
            [Add<float>.Kind] = 9,
            [ReluBackward<float>.Kind] = 18,
            [Copy<float>.Kind] = 6,
        };
        Assert.Equal(
            expected,
            pass.SelectMany(static group => group.Epilogue).CountBy(static op => op.Name).ToDictionary());
        Assert.Equal(split.PerSample.Count, pass.Sum(static group => group.Ops.Count()));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_net_has_the_bits_of_its_ops_one_after_another(VectorPath path)
    {
        foreach (ConvolutionAlgorithm algorithm in Enum.GetValues<ConvolutionAlgorithm>())
        {
            foreach ((Shape image, ModelOptions options) in Networks)
            {
                using CpuBackend<float> backend = new(2, path, algorithm);
                Compare(backend, ModelCatalog.Create("resnet8", image, 5, options));
            }
        }
    }

    [Fact]
    public void So_it_has_in_double_precision()
    {
        foreach ((Shape image, ModelOptions options) in Networks)
        {
            using CpuBackend<double> backend = new(3);
            Compare(backend, ModelCatalog.Create("resnet8", image, 5, options));
        }
    }

    [Fact]
    public void An_op_that_writes_what_the_head_still_reads_stays_behind_it()
    {
        using CpuBackend<float> backend = new(1);
        EpilogueFusion<float> fusion = new(new KernelSet<SimdScalar<float>, float, float>());
        ConvGeometry g = new(5, 5, 4, 4, 3, 3, padding: new Border(1));
        TensorRef<float> New(Shape shape) => backend.Allocate<float>(shape.Length).View(0, shape);
        (TensorRef<float> x, TensorRef<float> w, TensorRef<float> y, TensorRef<float> z) = (New(g.Input(2)), New(g.Filter), New(g.Output(2)), New(g.Output(2)));
        ConvForward<float> conv = new(g, x, w, y);
        Assert.Equal(2, fusion.Fuse([conv, new ReluForward<float>(y, x)]).Count);
        Assert.Equal(2, fusion.Fuse([conv, new Copy<float>(y, x, Accumulate: true)]).Count);
        Assert.Single(fusion.Fuse([conv, new ReluForward<float>(y, z)]));
        Assert.Single(fusion.Fuse([conv, new Add<float>(y, x, z)]));

        // Half of a tensor is other elements than its pieces.
        TensorRef<float> half = new(y.Memory, y.Length / 2, g.Output(1)), front = new(z.Memory, 0, g.Output(1));
        Assert.Equal(2, fusion.Fuse([conv, new ReluForward<float>(half, front)]).Count);

        // What has nothing to do with the group comes first; what would have to pass a conflict does not.
        ReluForward<float> apart = new(z, z);
        Assert.Equal([apart.Name, conv.Name], fusion.Fuse([conv, apart]).Select(static group => group.Head.Name));
        Assert.Equal([conv.Name, Fill<float>.Kind, Add<float>.Kind], fusion.Fuse([conv, new Fill<float>(x, 0), new Add<float>(y, x, z)]).Select(static group => group.Head.Name));
    }

    private static IEnumerable<(Shape Image, ModelOptions Options)> Networks =>
    [
        (new Shape(8, 8, 3), new ModelOptions { Width = 16 }),
        (new Shape(10, 11, 3), new ModelOptions { Width = 16, Style = ConvolutionStyle.Plain }),
        (new Shape(9, 12, 1), new ModelOptions { Width = 6, Style = ConvolutionStyle.MeanShiftRejection with { Biased = true } }),
        (new Shape(12, 8, 3), new ModelOptions { Width = 8, Style = ConvolutionStyle.MeanShiftRejection with { Padding = PaddingMode.Reflect } }),
        (new Shape(8, 12, 3), new ModelOptions { Width = 16, Style = ConvolutionStyle.Uncentred with { Biased = true, Noise = NoiseDistribution.Uniform } }),
        (new Shape(12, 9, 3), new ModelOptions { Width = 16, Style = ConvolutionStyle.Plain with { Noise = NoiseDistribution.Shift, NoiseSite = NoiseSite.BlockInput } }),
    ];

    private static void Compare<T>(CpuBackend<T> backend, Network network)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Samples = 3;
        Plan<T> plan = TrainingPlan.Of<T>(network, new UpdateRule { Optimizer = s_sgd }, new PlanSettings(Samples, NoiseKey: 7));
        using IExecutable<T> compiled = backend.Compile(plan, CompileOptions.Default);
        using Interpreter<T> interpreted = new(backend, plan, CompileOptions.Default);
        Assert.IsNotType<Interpreter<T>>(compiled);
        foreach (IExecutable<T> executable in (IExecutable<T>[])[compiled, interpreted])
        {
            NetworkParameters.Initialize(executable, 3);
            Batch<T> batch = NetworkUnderTest<T>.Images(network, Samples, 4);
            for (int step = 0; step < 3; step++)
            {
                executable.Step(batch, new StepScalars(step, 0.05, step == 2 ? 0 : 0.25, Samples));
            }
        }

        foreach (PlanParameter<T> parameter in plan.Parameters)
        {
            foreach (ParameterPart part in (ParameterPart[])[ParameterPart.Value, Sgd.MomentumBuffer, ParameterPart.Gradient])
            {
                T[] expected = new T[parameter.Layout.Exchange.Length], got = new T[expected.Length];
                interpreted.ReadParameter(parameter.Name, part, expected);
                compiled.ReadParameter(parameter.Name, part, got);
                Assert.Equal(expected, got);
            }
        }
    }
}
