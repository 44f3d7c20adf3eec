using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>The training graph is the test graph, and noise is keyed by the step.</summary>
public sealed class GraphTests
{
    private static readonly ConvolutionStyle Noisy = ConvolutionStyle.MeanShiftRejection with { Noise = NoiseDistribution.Uniform };

    [Fact]
    public void The_method_trains_the_test_graph_and_batch_norm_does_not()
    {
        using ReferenceBackend<float> backend = new();
        using NetworkUnderTest<float> msr = new(backend, Resnet(Noisy), 4, new UpdateRule(), seed: 2);
        using NetworkUnderTest<float> bn = new(backend, Resnet(ConvolutionStyle.BatchNormalized), 4, new UpdateRule(), seed: 2);
        Assert.True(msr.Plan.TrainsTheTestGraph);
        Assert.False(bn.Plan.TrainsTheTestGraph);
        bn.Executable.Evaluate(bn.Batch);
        float[] test = Logits(bn, 4);
        bn.Executable.Step(bn.Batch, new StepScalars(0, 0, 0, 4));
        Assert.NotEqual(test, Logits(bn, 4));
    }

    [Fact]
    public void Noise_changes_the_training_forward_and_never_the_test_forward()
    {
        using ReferenceBackend<float> backend = new();
        using NetworkUnderTest<float> net = new(backend, Resnet(Noisy), 4, new UpdateRule(), seed: 2);
        net.Executable.Evaluate(net.Batch);
        float[] test = Logits(net, 4);
        net.Executable.Step(net.Batch, new StepScalars(0, 0, 0.2, 4));
        float[] noisy = Logits(net, 4);
        Assert.NotEqual(test, noisy);
        net.Executable.Evaluate(net.Batch);
        Assert.Equal(test, Logits(net, 4));
        net.Executable.Step(net.Batch, new StepScalars(0, 0, 0.2, 4));
        Assert.Equal(noisy, Logits(net, 4));
        net.Executable.Step(net.Batch, new StepScalars(1, 0, 0.2, 4));
        Assert.NotEqual(noisy, Logits(net, 4));
    }

    private static Network Resnet(ConvolutionStyle style) =>
        ModelCatalog.Create("resnet8", new Shape(8, 8, 2), 3, new ModelOptions { Style = style, Width = 2 });

    private static float[] Logits(NetworkUnderTest<float> net, int samples)
    {
        float[] logits = new float[samples * 3];
        net.Executable.ReadLogits(logits);
        return logits;
    }
}
