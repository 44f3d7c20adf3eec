using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>What becomes of a gradient once the backward pass is done: by formula, from the raw gradient, in float64.</summary>
public sealed class UpdateTests
{
    private const double Rate = 0.3;

    private static readonly Network Resnet = ModelCatalog.Create(
        "resnet8", new Shape(8, 8, 2), 3, new ModelOptions { Width = 2, Shortcut = ShortcutKind.Projection });

    private static readonly Sgd Sgd = new(0.9, Nesterov: true, Dampening: 0.25, WeightDecay: 0.02);

    private static readonly AdamW Adam = new(0.9, 0.99, 1e-3, WeightDecay: 0.02);

    private static readonly UpdateRule Rule = new()
    {
        Isocline = new IsoclinePolicy { Lambda = 0.75, Exclude = ["stem.weight", "stage3.*.conv2.weight"] },
        Optimizer = Sgd,
        ClipNorm = 0.05,
        NormAnchor = 0.1,
        SlowRateMultiplier = 0.25,
    };

    private static readonly UpdateRule AdamW = Rule with { Optimizer = Adam };

    [Fact]
    public void An_update_projects_then_clips_then_anchors_then_steps()
    {
        double[] errors = [.. Errors(Rule, (gradients, values) => Anchored(Clipped(Projected(gradients)), values))];
        Assert.All(errors, static error => Assert.InRange(error, 0, 1e-12));
    }

    [Fact]
    public void Another_order_would_be_noticed()
    {
        Assert.Contains(Errors(Rule, (gradients, values) => Anchored(Projected(Clipped(gradients)), values)), static error => error > 1e-6);
        Assert.Contains(Errors(Rule, (gradients, values) => Clipped(Anchored(Projected(gradients), values))), static error => error > 1e-6);
        Assert.Contains(Errors(Rule, (gradients, values) => Projected(Anchored(Clipped(gradients), values))), static error => error > 1e-6);
    }

    [Fact]
    public void AdamW_projects_and_clips_then_projects_its_direction_then_anchors_then_steps()
    {
        Moments moments = new(Adam);
        double[] errors = [.. Errors(AdamW, (gradients, values) => Anchored(Projected(moments.Direction(Clipped(Projected(gradients)))), values))];
        Assert.All(errors, static error => Assert.InRange(error, 0, 1e-12));
    }

    [Fact]
    public void Another_order_of_AdamW_would_be_noticed()
    {
        Moments unprojected = new(Adam), common = new(Adam), coupled = new(Adam);
        Assert.Contains(Errors(AdamW, (gradients, values) => Anchored(unprojected.Direction(Clipped(Projected(gradients))), values)), static error => error > 1e-6);
        Assert.Contains(Errors(AdamW, (gradients, values) => Anchored(Projected(common.Direction(Clipped(gradients))), values)), static error => error > 1e-6);
        Assert.Contains(Errors(AdamW, (gradients, values) => Projected(coupled.Direction(Anchored(Clipped(Projected(gradients)), values)))), static error => error > 1e-6);
    }

    /// <summary>Old checkpoints load because of it.</summary>
    [Fact]
    public void States_have_the_names_in_a_checkpoint_that_they_always_had()
    {
        string[] Names(UpdateRule rule)
        {
            using ReferenceBackend<double> backend = new();
            using NetworkUnderTest<double> net = new(backend, Resnet, 2, rule, seed: 1);
            return [.. NetworkParameters.OptimizerToTensors(net.Executable).Select(static tensor => tensor.Name).Where(static name => name.EndsWith("stem.weight", StringComparison.Ordinal))];
        }

        Assert.Equal(["stem.weight"], Names(Rule));
        Assert.Equal(["stem.weight", "second-moment/stem.weight"], Names(AdamW));
    }

    [Theory]
    [InlineData(1, "stage1.block1.body.conv1.weight", ParameterKind.SpatialKernel, true)]
    [InlineData(0.01, "stage1.block1.body.conv1.weight", ParameterKind.SpatialKernel, true)]
    [InlineData(0, "stage1.block1.body.conv1.weight", ParameterKind.SpatialKernel, false)]
    [InlineData(1, "stem.weight", ParameterKind.SpatialKernel, false)]
    [InlineData(1, "Stem.weight", ParameterKind.SpatialKernel, true)]
    [InlineData(1, "xstem.weight", ParameterKind.SpatialKernel, true)]
    [InlineData(1, "stage2.block1.skip.conv1.weight", ParameterKind.PointwiseKernel, false)]
    [InlineData(1, "head.weight", ParameterKind.LinearWeight, false)]
    [InlineData(1, "stem.scale", ParameterKind.FilterScale, false)]
    public void Spatial_kernels_are_projected_where_lambda_is_above_0_and_no_pattern_frees_them(
        double lambda, string name, ParameterKind kind, bool projected)
    {
        IsoclinePolicy policy = new() { Lambda = lambda };
        Assert.Equal(projected, policy.Projects(name, kind));
        Assert.Equal(lambda == 1, policy.HoldsExactly);
        Assert.False((policy with { Exclude = ["*"] }).Projects(name, kind));
        Assert.False((policy with { Exclude = ["nothing", $"{name[..^1]}?"] }).Projects(name, kind));
        Assert.Equal(lambda > 0 && kind == ParameterKind.SpatialKernel, (policy with { Exclude = [] }).Projects(name, kind));
    }

    /// <summary>What docs/adr/0003 says.</summary>
    [Fact]
    public void A_resnet20_projects_in_3_ops_or_4_with_its_first_convolution_and_steps_in_2()
    {
        Network network = ModelCatalog.Create("resnet20", new Shape(32, 32, 3), 10, new ModelOptions { Width = 16 });
        UpdateRule rule = new TrainingOptions().CreateUpdateRule();
        UpdateRule all = rule with { Isocline = rule.Isocline with { Exclude = [] } };
        Plan<double> plan = TrainingPlan.Of<double>(network, rule, new PlanSettings(2));
        Assert.Equal(3, plan.Update.OfType<IsoclineProject<double>>().Count());
        Assert.Equal(2, plan.Update.OfType<SgdStep<double>>().Count());
        Assert.Equal(4, TrainingPlan.Of<double>(network, all, new PlanSettings(2)).Update.OfType<IsoclineProject<double>>().Count());
    }

    [Theory]
    [InlineData(ParameterKind.SpatialKernel, 1, true)]
    [InlineData(ParameterKind.PointwiseKernel, 1, true)]
    [InlineData(ParameterKind.LinearWeight, 0.25, true)]
    [InlineData(ParameterKind.Bias, 0.25, false)]
    [InlineData(ParameterKind.FilterScale, 1, false)]
    public void Kernels_and_linear_weights_decay_and_what_is_linear_or_a_bias_is_slow(ParameterKind kind, double multiplier, bool decays)
    {
        Assert.Equal(new UpdateGroup(multiplier, decays ? 0.02 : 0), Rule.GroupOf(kind));
        UpdateRule all = Rule with { Optimizer = Sgd with { DecaysEverything = true } };
        Assert.Equal(new UpdateGroup(multiplier, 0.02), all.GroupOf(kind));
    }

    /// <summary>Over three steps: how far each parameter is from where the formulas put it, relative to its largest element.</summary>
    private static IEnumerable<double> Errors(UpdateRule rule, Func<Tensors, Tensors, Tensors> treat)
    {
        using ReferenceBackend<double> backend = new();
        using NetworkUnderTest<double> net = new(backend, Resnet, 4, rule, seed: 3);
        using NetworkUnderTest<double> raw = new(backend, Resnet, 4, new UpdateRule { Isocline = IsoclinePolicy.Off }, seed: 3);
        Dictionary<string, double[]> momentum = net.Plan.Parameters.ToDictionary(static p => p.Name, static p => new double[p.Layout.Exchange.Length]);
        for (int step = 0; step < 3; step++)
        {
            Tensors before = Tensors.Read(net, ParameterPart.Value);
            foreach ((PlanParameter<double> parameter, double[] values) in before.All)
            {
                raw.Write(parameter.Name, values);
            }

            raw.Executable.Step(raw.Batch, new StepScalars(step, 0, 0, 4));
            Tensors gradients = treat(Tensors.Read(raw, ParameterPart.Gradient), before);
            net.Executable.Step(net.Batch, new StepScalars(step, Rate, 0, 4));
            Tensors after = Tensors.Read(net, ParameterPart.Value);
            foreach ((PlanParameter<double> parameter, double[] w) in before.All)
            {
                double[] expected = Stepped(rule.Optimizer as Sgd ?? new Sgd(0), parameter.Kind, w, gradients.Of(parameter), momentum[parameter.Name], step);
                double scale = expected.Max(Math.Abs) + 1e-3;
                yield return expected.Zip(after.Of(parameter), static (e, a) => Math.Abs(e - a)).Max() / scale;
            }
        }
    }

    private static double[] Stepped(Sgd sgd, ParameterKind kind, double[] w, double[] g, double[] v, int step)
    {
        bool slow = kind is ParameterKind.LinearWeight or ParameterKind.Bias;
        bool decays = kind is ParameterKind.SpatialKernel or ParameterKind.PointwiseKernel or ParameterKind.LinearWeight;
        double[] result = new double[w.Length];
        for (int i = 0; i < w.Length; i++)
        {
            double d = g[i] + (decays ? 0.02 * w[i] : 0);
            v[i] = (sgd.Momentum * v[i]) + ((step == 0 ? 1 : 1 - sgd.Dampening) * d);
            result[i] = w[i] - (Rate * (slow ? 0.25 : 1) * (d + (sgd.Momentum * v[i])));
        }

        return result;
    }

    private static Tensors Projected(Tensors gradients) => gradients.Map(static (parameter, g) =>
    {
        bool free = parameter.Kind != ParameterKind.SpatialKernel || parameter.Name == "stem.weight"
            || (parameter.Name.StartsWith("stage3.", StringComparison.Ordinal) && parameter.Name.EndsWith(".conv2.weight", StringComparison.Ordinal));
        return free ? g : [.. g.Chunk(9).SelectMany(static slice => slice.Select(x => x - (0.75 * slice.Average())))];
    });

    private static Tensors Clipped(Tensors gradients)
    {
        double norm = Math.Sqrt(gradients.All.Sum(static tensor => tensor.Values.Sum(static x => x * x)));
        Assert.True(norm > 0.05, "the clip must be at work");
        return gradients.Map((_, g) => [.. g.Select(x => x * (0.05 / norm))]);
    }

    private static Tensors Anchored(Tensors gradients, Tensors values) => gradients.Map((parameter, g) =>
    {
        if (parameter.Kind is not (ParameterKind.SpatialKernel or ParameterKind.LinearWeight))
        {
            return g;
        }

        double[] w = values.Of(parameter);
        int row = w.Length / parameter.Layout.Exchange[0];
        double[] norms = [.. w.Chunk(row).Select(static filter => Math.Sqrt(filter.Sum(static x => x * x)))];
        return [.. g.Select((x, i) => x + (2 * 0.1 * (1 - (1 / norms[i / row])) * w[i]))];
    });

    /// <summary>The moments of all gradients that were given to it, step by step.</summary>
    private sealed class Moments(AdamW settings)
    {
        private readonly Dictionary<string, (double[] First, double[] Second)> _state = new(StringComparer.Ordinal);
        private int _steps;

        public Tensors Direction(Tensors gradients)
        {
            _steps++;
            double first = 1 - Math.Pow(settings.Beta1, _steps), second = 1 - Math.Pow(settings.Beta2, _steps);
            return gradients.Map((parameter, g) =>
            {
                (double[] m, double[] v) = _state.GetValueOrDefault(parameter.Name, (new double[g.Length], new double[g.Length]));
                m = [.. m.Zip(g, (old, x) => (settings.Beta1 * old) + ((1 - settings.Beta1) * x))];
                v = [.. v.Zip(g, (old, x) => (settings.Beta2 * old) + ((1 - settings.Beta2) * x * x))];
                _state[parameter.Name] = (m, v);
                return [.. m.Zip(v, (mean, square) => mean / first / (Math.Sqrt(square / second) + settings.Epsilon))];
            });
        }
    }

    /// <summary>A tensor for every trained parameter of a network.</summary>
    private sealed record Tensors((PlanParameter<double> Parameter, double[] Values)[] All)
    {
        public static Tensors Read(NetworkUnderTest<double> net, ParameterPart part) =>
            new([.. net.Plan.Parameters.Where(static p => p.Gradient is not null).Select(p => (p, net.Read(p.Name, part)))]);

        public double[] Of(PlanParameter<double> parameter) => All.Single(tensor => tensor.Parameter.Name == parameter.Name).Values;

        public Tensors Map(Func<PlanParameter<double>, double[], double[]> map) =>
            new([.. All.Select(tensor => (tensor.Parameter, map(tensor.Parameter, tensor.Values)))]);
    }
}
