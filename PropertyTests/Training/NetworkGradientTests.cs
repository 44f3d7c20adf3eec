using Msr.Core.Backends;
using Msr.Core.Execution;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Training;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>Gradients of every layer and of whole networks, by central differences in float64 on the reference.</summary>
public sealed class NetworkGradientTests
{
    private static readonly Shape Image = new(8, 8, 2);

    public static TheoryData<string> Networks => [.. Bodies.Keys];

    private static Dictionary<string, Func<Network>> Bodies { get; } = new(StringComparer.Ordinal)
    {
        ["convolution with bias"] = () => Body(new Convolution(3, 3) { Bias = true }),
        ["convolution with scale"] = () => Body(new Convolution(3, 3) { Scale = 0.8 }),
        ["convolution, stride 2, replicate"] = () => Body(new Convolution(4, 3) { Stride = 2, Padding = PaddingMode.Replicate }),
        ["convolution, dilation 2, reflect"] = () => Body(new Convolution(3, 3) { Dilation = 2, Padding = PaddingMode.Reflect }),
        ["grouped convolution"] = () => Body(new Convolution(4, 3) { Groups = 2 }),
        ["convolution of one tap"] = () => Body(new Convolution(3, 1) { Initializer = new KernelInitializer(Centring.AcrossInputs) }),
        ["linear on planes"] = () => Body(new Convolution(2, 3)),
        ["two linear layers"] = () => Body(new Linear(5), new Relu()),
        ["max pooling"] = () => Body(new Convolution(3, 3), new MaxPool(2)),
        ["overlapping max pooling"] = () => Body(new Convolution(3, 3), new MaxPool(3, 2)),
        ["mean pooling"] = () => Body(new Convolution(3, 3), new MeanPool(3, 1)),
        ["global mean pooling"] = () => Body(new Convolution(3, 3), new Relu(), new MeanPool()),
        ["global max pooling"] = () => Body(new Convolution(3, 3), new Relu(), new MaxPool(0)),
        ["residual, identity"] = () => Body(new Residual(new Convolution(2, 3)), new Relu()),
        ["residual, averaged shortcut"] = () => Body(new Convolution(3, 3), new Residual(new Convolution(6, 3) { Stride = 2 }, new PaddedShortcut(6, 2))),
        ["residual, sub-sampled shortcut"] = () =>
            Body(new Convolution(3, 3), new Residual(new Convolution(5, 3) { Stride = 2 }, new PaddedShortcut(5, 2, Average: false))),
        ["batch norm"] = () => Body(new Convolution(3, 3), new BatchNorm(), new Relu()),
        ["batch norm on a used-twice input"] = () => Body(new Convolution(2, 3), new Residual(new BatchNorm())),
        ["uniform noise"] = () => Body(new Convolution(3, 3), new Noise(), new Relu()),
        ["gaussian noise"] = () => Body(new Convolution(3, 3), new Noise(NoiseDistribution.Gaussian)),
        ["shifting noise"] = () => Body(new Convolution(3, 3), new Noise(NoiseDistribution.Shift), new Relu()),
        ["resnet8, msr"] = () => Model("resnet8", ConvolutionStyle.MeanShiftRejection),
        ["resnet8, msr, projection shortcuts, noise"] = () =>
            Model("resnet8", ConvolutionStyle.MeanShiftRejection with { Noise = NoiseDistribution.Uniform }, ShortcutKind.Projection),
        ["resnet8, block-input noise"] = () => Model(
            "resnet8", ConvolutionStyle.MeanShiftRejection with { Noise = NoiseDistribution.Uniform, NoiseSite = NoiseSite.BlockInput }),
        ["resnet8, batch norm"] = () => Model("resnet8", ConvolutionStyle.BatchNormalized),
        ["plain8, uncentred"] = () => Model("plain8", ConvolutionStyle.Uncentred),
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Gradients_equal_central_differences_of_the_loss(string name)
    {
        using ReferenceBackend<double> backend = new();
        using NetworkUnderTest<double> net = new(backend, Bodies[name](), samples: 3, Rule(), seed: 5, smoothing: 0.1);
        const double Noise = 0.2;
        double loss = net.LossAndGradients(Noise);
        RandomStream stream = new RandomStream(11).Split(name);
        foreach (PlanParameter<double> parameter in net.Plan.Parameters.Where(static p => p.Gradient is not null))
        {
            double[] value = net.Read(parameter.Name, ParameterPart.Value);
            net.LossAndGradients(Noise);
            double[] gradient = net.Read(parameter.Name, ParameterPart.Gradient);
            double[] direction = [.. value.Select((_, i) => stream.Split(parameter.Name).Uniform((ulong)i) < 0.5 ? -1.0 : 1.0)];
            double analytic = gradient.Zip(direction, static (g, d) => g * d).Sum();
            double Slope(double h) => (LossAt(h) - LossAt(-h)) / (2 * h);
            double LossAt(double h)
            {
                net.Write(parameter.Name, [.. value.Zip(direction, (v, d) => v + (h * d))]);
                return net.LossAndGradients(Noise);
            }

            const double Step = 1e-5;
            double slope = Slope(Step), half = Slope(Step / 2);
            net.Write(parameter.Name, value);

            // Truncation falls by four from h to h/2, so three quarters of it is their difference; a kink crossed within h shows there too.
            // Rounding: each loss carries less than 1e4 roundings of its own size.
            double allowed = (2 * Math.Abs(slope - half)) + (1e4 * Math.ScaleB(1, -53) * Math.Abs(loss) / Step);
            Assert.True(
                Math.Abs(half - analytic) <= allowed,
                $"{name}, {parameter.Name}: gradient {analytic:G17}, difference quotient {half:G17}, allowed {allowed:G3}");
            Assert.True(allowed < 1e-3 + (0.05 * Math.Abs(analytic)), $"{name}, {parameter.Name}: the check is too loose to mean anything, {allowed:G3}");
        }
    }

    [Fact]
    public void A_wrong_gradient_would_be_noticed()
    {
        using ReferenceBackend<double> backend = new();
        using NetworkUnderTest<double> net = new(backend, Bodies["resnet8, msr"](), samples: 3, Rule() with { Isocline = IsoclinePolicy.Default }, seed: 5);
        using NetworkUnderTest<double> free = new(backend, Bodies["resnet8, msr"](), samples: 3, Rule(), seed: 5);
        net.LossAndGradients();
        free.LossAndGradients();
        double[] projected = net.Read("stage1.block1.body.conv1.weight", ParameterPart.Gradient);
        double[] whole = free.Read("stage1.block1.body.conv1.weight", ParameterPart.Gradient);
        Assert.True(projected.Zip(whole, static (p, w) => Math.Abs(p - w)).Max() > 1e-4, "projection must change the gradient by far more than the check allows");
    }

    private static UpdateRule Rule() => new() { Isocline = IsoclinePolicy.Off };

    private static Network Body(params Layer[] layers) =>
        new("test", Image, 3, new Sequence([.. layers, new Linear(3) { Name = "head" }]));

    private static Network Model(string name, ConvolutionStyle style, ShortcutKind shortcut = ShortcutKind.Averaged) =>
        ModelCatalog.Create(name, Image, 3, new ModelOptions { Style = style, Width = 2, Shortcut = shortcut });
}
