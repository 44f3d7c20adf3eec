using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>Gradients of every layer and of whole networks, by central differences in float64 on the reference.</summary>
public sealed class NetworkGradientTests
{
    private const double NoiseStrength = 0.2;

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
        foreach (PlanParameter<double> parameter in net.Plan.Parameters.Where(static p => p.Gradient is not null))
        {
            net.LossAndGradients(NoiseStrength);
            double[] gradient = net.Read(parameter.Name, ParameterPart.Gradient);
            foreach (Quotient quotient in Quotients(net, parameter, new RandomStream(11).Split(name)))
            {
                (double difference, double allowed) = quotient.Judge(gradient);
                string what = $"{name}, {parameter.Name}: gradient along a direction is off by {difference:G3}, the quotient is {quotient.Slope:G17}";
                Assert.True(difference <= allowed, $"{what}, allowed {allowed:G3}");
                Assert.True(allowed < 1e-3 + (0.05 * Math.Abs(quotient.Slope)), $"{what}: the check is too loose to mean anything, {allowed:G3}");
            }
        }
    }

    [Fact]
    public void A_wrong_gradient_of_any_tensor_is_noticed()
    {
        using ReferenceBackend<double> backend = new();
        using NetworkUnderTest<double> net = new(backend, Bodies["resnet8, msr"](), samples: 3, Rule(), seed: 5, smoothing: 0.1);
        foreach (PlanParameter<double> scale in net.Plan.Parameters.Where(static p => p.Kind == ParameterKind.FilterScale))
        {
            // A factor of one could be left out unnoticed.
            net.Write(scale.Name, [.. net.Read(scale.Name, ParameterPart.Value).Select(static (theta, i) => theta + 0.2 + (0.1 * i))]);
        }

        int mutants = 0;
        foreach (PlanParameter<double> parameter in net.Plan.Parameters)
        {
            Quotient[] quotients = Quotients(net, parameter, new RandomStream(12));
            foreach ((string fault, double[] wrong) in Mutants(net, parameter))
            {
                mutants++;
                Assert.True(
                    quotients.Any(quotient => quotient.Judge(wrong) is var (difference, allowed) && difference > allowed),
                    $"{parameter.Name}: nobody notices {fault}");
            }
        }

        Assert.Equal((17 * 4) + (7 * 2), mutants);
    }

    private static IEnumerable<(string Fault, double[] Gradient)> Mutants(NetworkUnderTest<double> net, PlanParameter<double> parameter)
    {
        net.LossAndGradients(NoiseStrength);
        double[] gradient = net.Read(parameter.Name, ParameterPart.Gradient);
        int largest = Array.IndexOf(gradient, gradient.Max()), least = Array.IndexOf(gradient, gradient.Min());
        double[] nudged = [.. gradient], swapped = [.. gradient];
        nudged[gradient.Length / 2] += 0.01 * gradient.Max(Math.Abs);
        (swapped[largest], swapped[least]) = (gradient[least], gradient[largest]);
        yield return ("one entry that is off by a hundredth of the largest", nudged);
        yield return ("two entries that are swapped", swapped);
        yield return ("a thousandth too much", Array.ConvertAll(gradient, static g => 1.001 * g));
        net.Batch.Count = 2;
        net.Executable.Step(net.Batch, new StepScalars(3, 0, NoiseStrength, 3));
        net.Batch.Count = 3;
        yield return ("a sample that is left out", net.Read(parameter.Name, ParameterPart.Gradient));
        if (parameter.Kind == ParameterKind.SpatialKernel)
        {
            double[] theta = net.Read(parameter.Name.Replace(".weight", ".scale", StringComparison.Ordinal), ParameterPart.Value);
            yield return ("a projection", [.. gradient.Chunk(9).SelectMany(static slice => slice.Select(g => g - slice.Average()))]);
            yield return ("a scale that is left out", [.. gradient.Select((g, i) => g / Math.Exp(theta[i * theta.Length / gradient.Length]))]);
        }
    }

    /// <summary>Difference quotients of the loss along the first two of forty random directions in a parameter that cross no kink.</summary>
    private static Quotient[] Quotients(NetworkUnderTest<double> net, PlanParameter<double> parameter, RandomStream stream)
    {
        Quotient[] quotients =
        [
            .. Enumerable.Range(0, 40)
                .Select(number => Along(net, parameter, stream.Split(parameter.Name).Split((ulong)number)))
                .Where(static quotient => quotient.Kink <= quotient.Rounding)
                .Take(2),
        ];
        Assert.Equal(2, quotients.Length);
        return quotients;
    }

    /// <summary>The difference quotient along a direction; the parameter stays as it is.</summary>
    private static Quotient Along(NetworkUnderTest<double> net, PlanParameter<double> parameter, RandomStream stream)
    {
        const double Step = 1e-5;
        double[] value = net.Read(parameter.Name, ParameterPart.Value);

        // No two entries weigh the same, and none next to nothing.
        double[] direction = [.. value.Select((_, i) => (2 * stream.Uniform((ulong)i)) - 1).Select(static u => u + (0.5 * Math.Sign(u)))];
        double LossAt(double h)
        {
            net.Write(parameter.Name, [.. value.Zip(direction, (v, d) => v + (h * d))]);
            return net.LossAndGradients(NoiseStrength);
        }

        double here = LossAt(0), ahead = LossAt(Step), behind = LossAt(-Step), halfAhead = LossAt(Step / 2), halfBehind = LossAt(-Step / 2);
        net.Write(parameter.Name, value);

        // Truncation falls by four from h to h/2, so three quarters of it is their difference. A kink at any place within h shows in that
        // difference or in the second differences, which are otherwise in proportion to h. Each loss carries less than 1e4 roundings.
        double slope = (ahead - behind) / (2 * Step), half = (halfAhead - halfBehind) / Step;
        double kink = Math.Abs(((ahead - here - (here - behind)) / Step) - (4 * (halfAhead - here - (here - halfBehind)) / Step));
        return new Quotient(direction, half, 2 * Math.Abs(slope - half), kink, 1e4 * Math.ScaleB(1, -53) * Math.Abs(here) / Step);
    }

    private static UpdateRule Rule() => new() { Isocline = IsoclinePolicy.Off };

    private static Network Body(params Layer[] layers) =>
        new("test", Image, 3, new Sequence([.. layers, new Linear(3) { Name = "head" }]));

    private static Network Model(string name, ConvolutionStyle style, ShortcutKind shortcut = ShortcutKind.Averaged) =>
        ModelCatalog.Create(name, Image, 3, new ModelOptions { Style = style, Width = 2, Shortcut = shortcut });

    /// <summary>A difference quotient along a direction, and how far from it a gradient may be: truncation, a kink of the loss, rounding.</summary>
    private sealed record Quotient(double[] Direction, double Slope, double Truncation, double Kink, double Rounding)
    {
        public (double Difference, double Allowed) Judge(double[] gradient) =>
            (Math.Abs(Slope - gradient.Zip(Direction, static (g, d) => g * d).Sum()), Truncation + Kink + Rounding);
    }
}
