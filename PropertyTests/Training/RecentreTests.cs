using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>Re-centring takes rounding drift away from kernels that live on the isocline, and touches nothing else.</summary>
public sealed class RecentreTests
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    [Fact]
    public void Kernels_on_the_isocline_lose_their_slice_means_and_nothing_else_changes_a_bit()
    {
        using ReferenceBackend<float> backend = new();
        using NetworkUnderTest<float> net = Trained(backend, ConvolutionStyle.MeanShiftRejection, new UpdateRule());
        foreach (PlanParameter<float> parameter in net.Plan.Parameters.Where(static p => p.Kind == ParameterKind.SpatialKernel))
        {
            net.Write(parameter.Name, [.. net.Read(parameter.Name, ParameterPart.Value).Select(static w => w + 0.1)]);
        }

        Dictionary<(string, ParameterPart), double[]> before = Everything(net);
        net.Executable.Recentre();
        Dictionary<(string, ParameterPart), double[]> after = Everything(net);
        string[] centred = [.. net.Plan.Parameters.Where(static p => p.OnIsocline).Select(static p => p.Name)];
        Assert.Equal(6, centred.Length);
        foreach (((string name, ParameterPart part), double[] old) in before)
        {
            double[] now = after[(name, part)];
            if (part != ParameterPart.Value || !centred.Contains(name))
            {
                Assert.Equal(old, now);
                continue;
            }

            Assert.InRange(IsoclineDistance.Of<double>(now, net.Plan.Parameter(name).Layout.Exchange).MaxRatio, 0, 1e-6);
            AssertProjected(name, old, now);
        }
    }

    [Theory]
    [InlineData("msr", 0.9)]
    [InlineData("msr", 0)]
    [InlineData("none", 1)]
    [InlineData("bn", 1)]
    public void Kernels_that_are_not_held_there_or_never_were_there_keep_every_bit(string method, double lambda)
    {
        using ReferenceBackend<float> backend = new();
        UpdateRule rule = new() { Isocline = new IsoclinePolicy { Lambda = lambda } };
        using NetworkUnderTest<float> net = Trained(backend, Method.Named(method).Style, rule);
        Dictionary<(string, ParameterPart), double[]> before = Everything(net);
        net.Executable.Recentre();
        Assert.All(Everything(net), pair => Assert.Equal(before[pair.Key], pair.Value));
    }

    [Fact]
    public void A_training_re_centres_at_the_end_of_an_epoch_and_at_no_other_time()
    {
        TrainingOptions options = TrainingSamples.Options with { Epochs = 1 };
        using CpuBackend<float> backend = new(2);
        using Trainer<float> with = new(backend, TrainingSamples.Data, options);
        using Trainer<float> without = new(backend, TrainingSamples.Data, options with { Recentre = false });
        with.Run();
        without.Run();
        Assert.NotEqual(Kernels(with), Kernels(without));
        without.Executable.Recentre();
        Assert.Equal(Kernels(with), Kernels(without));
    }

    [Fact]
    public void What_was_compiled_for_evaluation_refuses_to_re_centre()
    {
        using ReferenceBackend<float> backend = new();
        Plan<float> plan = TrainingPlan.Of<float>(Resnet(ConvolutionStyle.MeanShiftRejection), new UpdateRule(), new PlanSettings(2));
        using Interpreter<float> executable = new(backend, plan, CompileOptions.ForEvaluation);
        Assert.Throws<InvalidOperationException>(executable.Recentre);
    }

    /// <summary>The bound of the op: γ_{n+2}·Σ|x|/n + u·|result|, in slices of 3×3 taps.</summary>
    private static void AssertProjected(string name, double[] old, double[] now)
    {
        const int Taps = 9;
        const double Gamma = (Taps + 2) * UnitRoundoff / (1 - ((Taps + 2) * UnitRoundoff));
        for (int i = 0; i < old.Length; i++)
        {
            double[] slice = old[(i / Taps * Taps)..((i / Taps * Taps) + Taps)];
            double expected = old[i] - slice.Average();
            double bound = (Gamma * slice.Sum(Math.Abs) / Taps) + (UnitRoundoff * Math.Abs(expected)) + 1e-15;
            Assert.True(Math.Abs(now[i] - expected) <= bound, $"{name}[{i}] is {now[i]:R}, should be {expected:R} within {bound:R}");
        }
    }

    /// <summary>A network after two steps: no momentum is zero.</summary>
    private static NetworkUnderTest<float> Trained(ReferenceBackend<float> backend, ConvolutionStyle style, UpdateRule rule)
    {
        NetworkUnderTest<float> net = new(backend, Resnet(style), 4, rule, seed: 5);
        for (int step = 0; step < 2; step++)
        {
            net.Executable.Step(net.Batch, new StepScalars(step, 0.05, 0, 4));
        }

        return net;
    }

    private static Dictionary<(string Name, ParameterPart Part), double[]> Everything(NetworkUnderTest<float> net) =>
        (from parameter in net.Plan.Parameters
         from part in (ParameterPart[])[ParameterPart.Value, Sgd.MomentumBuffer]
         where parameter.Tensor(part) is not null
         select (parameter.Name, part)).ToDictionary(static key => key, key => net.Read(key.Name, key.part));

    private static float[] Kernels(Trainer<float> trainer) =>
    [
        .. trainer.Executable.Plan.Parameters.SelectMany(parameter =>
        {
            float[] values = new float[parameter.Layout.Exchange.Length];
            trainer.Executable.ReadParameter(parameter.Name, ParameterPart.Value, values);
            return values;
        }),
    ];

    private static Network Resnet(ConvolutionStyle style) =>
        ModelCatalog.Create("resnet8", new Shape(8, 8, 2), 3, new ModelOptions { Style = style, Width = 2 });
}
