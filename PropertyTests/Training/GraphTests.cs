using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Training;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>The training graph is the test graph; noise is keyed; a small batch is the leading part of a large one.</summary>
public sealed class GraphTests
{
    private static readonly ConvolutionStyle Noisy = ConvolutionStyle.MeanShiftRejection with { Noise = NoiseDistribution.Uniform };

    [Fact]
    public void Training_forward_with_noise_off_is_the_test_forward_bit_for_bit()
    {
        using ReferenceBackend<float> backend = new();
        using NetworkUnderTest<float> net = new(backend, Resnet(Noisy), 4, new UpdateRule { ClipNorm = 1 }, seed: 2);
        for (int step = 0; step < 3; step++)
        {
            net.Executable.Evaluate(net.Batch);
            float[] test = Logits(net, 4);
            StepReport tested = net.Executable.Read();
            net.Executable.Step(net.Batch, new StepScalars(step, 0.1, 0, 4));
            Assert.Equal(test, Logits(net, 4));
            Assert.Equal(tested, net.Executable.Read());
        }
    }

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

    [Fact]
    public void A_sample_has_the_same_logits_in_every_batch_and_place_noise_included()
    {
        using ReferenceBackend<float> backend = new();
        using NetworkUnderTest<float> net = new(backend, Resnet(Noisy), 4, new UpdateRule(), seed: 2);
        net.Executable.Step(net.Batch, new StepScalars(5, 0, 0.2, 4));
        float[] together = Logits(net, 4);
        Batch<float> alone = new(4, net.Plan.Image) { Count = 1 };
        for (int sample = 0; sample < 4; sample++)
        {
            net.Batch.ImageAt(sample).CopyTo(alone.ImageAt(0));
            alone.Labels[0] = net.Batch.Labels[sample];
            alone.SampleIndices[0] = net.Batch.SampleIndices[sample];
            net.Executable.Step(alone, new StepScalars(5, 0, 0.2, 1));
            Assert.Equal(together.AsSpan(sample * 3, 3).ToArray(), Logits(net, 1));
        }
    }

    [Fact]
    public void Accumulated_gradients_are_those_of_one_large_batch_within_rounding()
    {
        using ReferenceBackend<double> backend = new();
        Network network = Resnet(ConvolutionStyle.MeanShiftRejection);
        using NetworkUnderTest<double> large = new(backend, network, 4, new UpdateRule(), seed: 2);
        using NetworkUnderTest<double> small = new(backend, network, 2, new UpdateRule(), seed: 2);
        large.Executable.Step(large.Batch, new StepScalars(0, 0.1, 0, 4));
        for (int half = 0; half < 2; half++)
        {
            for (int sample = 0; sample < 2; sample++)
            {
                large.Batch.ImageAt((2 * half) + sample).CopyTo(small.Batch.ImageAt(sample));
                small.Batch.Labels[sample] = large.Batch.Labels[(2 * half) + sample];
            }

            small.Executable.Step(small.Batch, new StepScalars(0, 0.1, 0, 4, Begins: half == 0, Updates: half == 1));
        }

        foreach (string name in large.Plan.Parameters.Select(static p => p.Name))
        {
            double[] expected = large.Read(name, ParameterPart.Value), got = small.Read(name, ParameterPart.Value);
            double scale = expected.Max(Math.Abs) + 1e-3;
            Assert.All(expected.Zip(got), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-12 * scale, name));
        }
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
