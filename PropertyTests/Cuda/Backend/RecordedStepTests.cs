using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;
using PropertyTests.Training;

namespace PropertyTests.Cuda.Backend;

/// <summary>A recorded step, with two ops in one pass where that can be, has the bits of the ops one by one.</summary>
public sealed class RecordedStepTests
{
    private static readonly Shape s_image = new(6, 6, 2);

    private static readonly Dictionary<string, Layer> s_bodies = new()
    {
        ["bias and ReLU"] = new Sequence(new Convolution(3, 3) { Bias = true }, new Relu()),
        ["the sum is read again by the shortcut"] = new Sequence(
            new Convolution(3, 3) { Bias = true }, new Residual(new Sequence(new Relu(), new Convolution(3, 3))), new Relu()),
        ["the biased sum is both summands"] = new Sequence(new Convolution(3, 3) { Bias = true }, new Residual(new Relu()), new Relu()),
        ["sums of sums"] = new Sequence(
            new Convolution(4, 3), new Residual(new Relu()), new Residual(new Sequence(new Relu(), new Convolution(4, 3))), new Relu(), new Relu()),
    };

    private static readonly Dictionary<string, UpdateRule> s_rules = new()
    {
        ["plain"] = new UpdateRule(),
        ["momentum and decay"] = new UpdateRule { Optimizer = new Sgd(0.9, true, 0, 5e-4), SlowRateMultiplier = 0.25 },
        ["clipped"] = new UpdateRule { Optimizer = new Sgd(0.9, false, 0, 5e-4), ClipNorm = 0.5 },
        ["anchored"] = new UpdateRule { NormAnchor = 0.1 },
        ["AdamW"] = new UpdateRule { Optimizer = new AdamW(WeightDecay: 5e-4), ClipNorm = 0.5, SlowRateMultiplier = 0.25 },
    };

    public static IEnumerable<object[]> Everything => s_bodies.Keys.SelectMany(static body => s_rules.Keys.Select(rule => new object[] { body, rule }));

    [Theory]
    [MemberData(nameof(Everything))]
    public void Passes_have_the_bits_of_the_ops_one_by_one(string body, string rule)
    {
        Network net = new("net", s_image, 3, new Sequence(s_bodies[body], new MeanPool(), new Linear(3)));
        Assert.Equal(Train(net, s_rules[rule], oneByOne: true).Bits, Train(net, s_rules[rule], oneByOne: false).Bits);
    }

    /// <summary>A result that the backend reads without waiting, or a buffer that it fills again too early, would show here.</summary>
    [Fact]
    public void Work_that_runs_as_late_as_it_may_gives_the_same_bits()
    {
        Network net = new("net", s_image, 3, new Sequence(s_bodies["sums of sums"], new MeanPool(), new Linear(3)));
        int[] expected = Train(net, s_rules["clipped"], oneByOne: false).Bits;
        Assert.Equal(expected, Train(net, s_rules["clipped"], oneByOne: false, delays: true).Bits);
        Assert.Equal(expected, Train(net, s_rules["clipped"], oneByOne: true, delays: true).Bits);
    }

    [Fact]
    public void Every_ReLU_of_a_residual_network_shares_a_pass_with_a_neighbour_each_way()
    {
        Network net = ModelCatalog.Create("resnet8", new Shape(8, 8, 2), 3, new ModelOptions { Style = ConvolutionStyle.Plain, Width = 2 });
        UpdateRule rule = new() { Isocline = IsoclinePolicy.Off };
        (int[] expected, long apart) = Train(net, rule, oneByOne: true);
        (int[] bits, long launches) = Train(net, rule, oneByOne: false);
        Assert.Equal(expected, bits);

        // Forward, one after the first convolution and two in each of three blocks. Backward, four whose biases follow, and one before the copy for
        // an identity shortcut; the last one and that of another block stand before pooled shortcuts.
        Assert.Equal(apart - 7 - 5, launches);
    }

    /// <summary>Where a plan of real size packs its memory tightly, what shares a pass may not lie on what the pass still reads.</summary>
    [Theory]
    [InlineData("resnet20", 128, 1 + 9 + 7 + 1)]
    [InlineData("resnet8", 128, 1 + 3 + 1 + 1)]
    [InlineData("plain20", 100, 1 + 1)]
    [InlineData("mlp256x128", 128, 2 + 2)]
    public void Nets_of_real_size_have_all_their_passes(string model, int samples, int passes)
    {
        // Biases with their ReLU, sums with theirs, gradients with their copy for an identity shortcut, gradients with their bias.
        Network net = ModelCatalog.Create(model, new Shape(32, 32, 3), 10, new ModelOptions { Width = 16 });
        Plan<float> plan = TrainingPlan.Of<float>(net, new UpdateRule { Isocline = IsoclinePolicy.Off }, new PlanSettings(samples));
        Assert.Equal(passes, KernelsOfAStep(net, plan, oneByOne: true) - KernelsOfAStep(net, plan, oneByOne: false));
    }

    /// <summary>With Adam it is the projection of the direction; that of the gradient stays a pass of its own.</summary>
    /// <summary>Three steps, the second of two batches and the last of a partial one; what is left of parameters, and the logits of an evaluation.</summary>
    private static (int[] Bits, long Launches) Train(Network net, UpdateRule rule, bool oneByOne, bool delays = false)
    {
        using EmulatedCuda emulated = new(new EmulationOptions { DelaysWork = delays });
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions { SynchronizeEveryOp = oneByOne });
        using IExecutable<float> executable = backend.Compile(TrainingPlan.Of<float>(net, rule, new PlanSettings(3)), CompileOptions.Default);
        NetworkParameters.Initialize(executable, 1);
        Batch<float> batch = NetworkUnderTest<float>.Images(net, 3, 1);
        long before = emulated.CallsOf("cuLaunchKernel");
        executable.Step(batch, new StepScalars(0, 0.1, 0, 3));
        long launches = emulated.CallsOf("cuLaunchKernel") - before;
        executable.Step(batch, new StepScalars(1, 0.1, 0, 6, Begins: true, Updates: false));
        executable.Step(batch, new StepScalars(1, 0.1, 0, 6, Begins: false, Updates: true));
        batch.Count = 2;
        executable.Step(batch, new StepScalars(2, 0.1, 0, 2));
        List<float> values = [.. executable.Plan.Parameters.SelectMany(parameter => Parts(executable, parameter))];
        executable.Evaluate(batch);
        float[] logits = new float[2 * net.Classes];
        executable.ReadLogits(logits);
        Assert.Empty(emulated.Faults);
        return ([.. values.Concat(logits).Select(BitConverter.SingleToInt32Bits)], launches);
    }

    private static long KernelsOfAStep(Network net, Plan<float> plan, bool oneByOne)
    {
        using EmulatedCuda emulated = new(new EmulationOptions { DoesWork = false, HasCudnn = false });
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions { SynchronizeEveryOp = oneByOne });
        using IExecutable<float> executable = backend.Compile(plan, CompileOptions.Default);
        long before = emulated.CallsOf("cuLaunchKernel");
        executable.Step(new Batch<float>(plan.BatchSize, net.Image), new StepScalars(0, 0.1, 0, plan.BatchSize));
        return emulated.CallsOf("cuLaunchKernel") - before;
    }

    private static IEnumerable<float> Parts(IExecutable<float> executable, PlanParameter<float> parameter)
    {
        foreach (ParameterPart part in parameter.Parts)
        {
            float[] values = new float[parameter.Value.Length];
            executable.ReadParameter(parameter.Name, part, values);
            foreach (float value in values)
            {
                yield return value;
            }
        }
    }
}
