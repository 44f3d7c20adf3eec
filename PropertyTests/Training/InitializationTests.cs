using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>Where the control starts; where the method does is a law of plans.</summary>
public sealed class InitializationTests
{
    [Fact]
    public void The_uncentred_control_starts_off_the_isocline()
    {
        using ReferenceBackend<float> backend = new();
        using NetworkUnderTest<float> net = Net(backend, ConvolutionStyle.Uncentred, 3);
        double[] kernel = net.Read("stage1.block1.body.conv1.weight", ParameterPart.Value);
        Assert.True(IsoclineDistance.Of(kernel, net.Plan.Parameter("stage1.block1.body.conv1.weight").Layout.Exchange).RmsRatio > 0.1);
    }

    private static NetworkUnderTest<float> Net(ReferenceBackend<float> backend, ConvolutionStyle style, ulong seed) => new(
        backend,
        ModelCatalog.Create("resnet14", new Shape(8, 8, 3), 3, new ModelOptions { Style = style, Width = 4, Shortcut = ShortcutKind.Projection }),
        2,
        new UpdateRule(),
        seed);
}
