using Msr.Core.Layers;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu.Reference;
using PropertyTests.Training;

namespace PropertyTests.Layers;

/// <summary>What layers do in the corner cases of their descriptions.</summary>
public sealed class LayerTests
{
    private const string First = "first.weight";

    private static readonly Layer Branch = new Convolution(2, 3);

    [Fact]
    public void A_shortcut_of_no_layers_is_the_identity() =>
        Assert.Equal(Gradient(new Residual(Branch)), Gradient(new Residual(Branch, new Sequence())));

    [Fact]
    public void A_branch_and_its_shortcut_may_change_places() => Assert.All(
        Gradient(new Residual(Branch)).Zip(Gradient(new Residual(new Sequence(), Branch), branch: "skip.conv1.weight")),
        static pair => Assert.Equal(pair.First, pair.Second, 1e-12));

    // conv(w, x) + conv(w, x) = conv(2w, x), and doubling is exact: so are the gradients.
    [Fact]
    public void The_sum_of_two_identities_doubles_what_passes() =>
        Assert.Equal(Gradient(new Sequence(), factor: 2).Select(static g => 2 * g), Gradient(new Residual(new Sequence(), new Sequence())));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_scale_that_has_no_logarithm_is_refused(double scale) =>
        Assert.Equal("Scale", Assert.Throws<ArgumentOutOfRangeException>(() => new Convolution(4, 3) { Scale = scale }).ParamName);

    [Fact]
    public void A_shortcut_to_fewer_pixels_says_that_it_needs_planes()
    {
        Network flat = new("flat", new Shape(4, 4, 2), 3, new Sequence(new Linear(6), new PaddedShortcut(8, 2), new Linear(3)));
        ShapeMismatchException error = Assert.Throws<ShapeMismatchException>(
            () => TrainingPlan.Of<float>(flat, new UpdateRule(), new PlanSettings(2)));
        Assert.Contains("[N, H, W, C]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dilation_whose_padding_exceeds_32_bits_is_refused()
    {
        Network wide = new("wide", new Shape(4, 4, 2), 3, new Sequence(new Convolution(2, 5) { Dilation = 1 << 30 }, new Linear(3)));
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => TrainingPlan.Of<float>(wide, new UpdateRule(), new PlanSettings(2)));
        Assert.Contains("padded", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The gradient of a first convolution below a layer, the convolution's weights times a factor.</summary>
    private static double[] Gradient(Layer layer, double factor = 1, string branch = "body.conv1.weight")
    {
        Network network = new("net", new Shape(5, 5, 2), 3, new Sequence(new Convolution(2, 3) { Name = "first" }, layer, new Linear(3)));
        using ReferenceBackend<double> backend = new();
        using NetworkUnderTest<double> net = new(backend, network, samples: 3, new UpdateRule(), seed: 5);
        net.Write(First, [.. net.Read(First, ParameterPart.Value).Select(value => factor * value)]);
        if (net.Plan.Parameters.Any(parameter => string.Equals(parameter.Name, branch, StringComparison.Ordinal)))
        {
            // Whatever the branch is called: its start follows from its name.
            net.Write(branch, Draws(net.Read(branch, ParameterPart.Value).Length));
        }

        net.LossAndGradients();
        double[] gradient = net.Read(First, ParameterPart.Gradient);
        Assert.Contains(gradient, static value => Math.Abs(value) > 1e-6);
        return gradient;
    }

    private static double[] Draws(int length) =>
        [.. Enumerable.Range(0, length).Select(static i => new RandomStream(8).Uniform((ulong)i) - 0.5)];
}
