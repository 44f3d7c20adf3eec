using Msr.Core.Backends;
using Msr.Core.Execution;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Training;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>Law 1 of the method: where training starts.</summary>
public sealed class InitializationTests
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(987654321UL)]
    public void Every_spatial_slice_starts_with_zero_mean_and_every_filter_with_unit_norm(ulong seed)
    {
        using ReferenceBackend<float> backend = new();
        using NetworkUnderTest<float> net = Net(backend, ConvolutionStyle.MeanShiftRejection, seed);
        foreach (PlanParameter<float> parameter in net.Plan.Parameters.Where(static p => p.Kind == ParameterKind.SpatialKernel))
        {
            double[] kernel = net.Read(parameter.Name, ParameterPart.Value);
            int taps = parameter.Layout.Exchange[2] * parameter.Layout.Exchange[3];
            foreach (double[] slice in kernel.Chunk(taps))
            {
                // Each tap is rounded once, by at most u of itself; the float64 mean before it errs by far less.
                Assert.True(Math.Abs(slice.Average()) <= 1.001 * UnitRoundoff * slice.Sum(Math.Abs) / taps, parameter.Name);
            }

            foreach (double[] filter in kernel.Chunk(kernel.Length / parameter.Layout.Exchange[0]))
            {
                Assert.Equal(1, Math.Sqrt(filter.Sum(static w => w * w)), 2 * UnitRoundoff);
            }
        }
    }

    [Fact]
    public void Filters_of_one_tap_start_with_zero_mean_over_their_inputs()
    {
        using ReferenceBackend<float> backend = new();
        using NetworkUnderTest<float> net = Net(backend, ConvolutionStyle.MeanShiftRejection, 3);
        double[] kernel = net.Read("stage2.block1.skip.conv1.weight", ParameterPart.Value);
        Assert.All(kernel.Chunk(4), filter => Assert.True(Math.Abs(filter.Sum()) <= 1.001 * UnitRoundoff * filter.Sum(Math.Abs)));
    }

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
