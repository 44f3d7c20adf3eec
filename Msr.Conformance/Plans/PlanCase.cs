using System.Collections.Immutable;
using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Conformance.Plans;

/// <summary>Whole networks and their training steps.</summary>
public sealed class PlanEntry : CaseEntry
{
    private readonly int _mostSteps;

    private PlanEntry(string kind, int mostSteps, IReadOnlyList<Law> laws) => (Kind, _mostSteps, Laws) = (kind, mostSteps, laws);

    /// <summary>One step from a fresh start: <c>plan.step</c>.</summary>
    public static PlanEntry Step { get; } = new("plan.step", 1, PlanLaws.OfSteps);

    /// <summary>Some steps in a row: <c>plan.trajectory</c>.</summary>
    public static PlanEntry Trajectory { get; } = new("plan.trajectory", 4, PlanLaws.OfTrajectories);

    /// <inheritdoc/>
    public override string Kind { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Law> Laws { get; }

    /// <inheritdoc/>
    public override ImmutableArray<Parameter> Schema { get; } =
    [
        Parameter.Choice("model", "model", "block", "perceptron", "plain8", "resnet8") with { Default = null },
        Parameter.Choice("method", "method", [.. Method.All.Select(static method => method.Name)]),
        new("batch", 1, "samples of a batch"),
        .. Parameter.Pair("image", 4, "extent of an image"),
        new("channels", 1, "channels of an image"),
        new("width", 1, "channels of the first stage"),
        new("classes", 2, "classes"),
        new("steps", 1, "steps") { Default = 1 },
        new("batches", 1, "batches whose gradients one step adds up") { Default = 1 },
        Parameter.Choice("padding-mode", "what stands beyond the border", "zero", "replicate", "reflect"),
        Parameter.Choice("shortcut", "shortcut of residual blocks", "averaged", "subsampled", "projection"),
        Parameter.Choice("noise", "noise", "none", "uniform", "gaussian", "shift"),
        new("rate", 1, "learning rate") { Default = 50, Denominator = 1000 },
        new("momentum", 0, "momentum; β1 with AdamW") { Default = 0, Denominator = 100 },
        Parameter.Flag("nesterov", "whether the momentum is Nesterov's"),
        new("weight-decay", 0, "weight decay") { Default = 0, Denominator = 10_000 },
        new("clip", 0, "largest gradient norm; 0 for no clipping") { Default = 0, Denominator = 10 },
        new("smoothing", 0, "label smoothing") { Default = 0, Denominator = 100 },
        Parameter.Choice("optimizer", "optimizer", [.. OptimizerEntry.All.Select(static entry => entry.Name)]),
        new("dampening", 0, "dampening of the momentum") { Default = 0, Denominator = 100 },
    ];

    /// <summary>Images round 0, or round 3: with a common mode.</summary>
    public override ImmutableArray<ValueClass> ValueClasses { get; } = [ValueClass.Normal, ValueClass.Normal, ValueClass.Common];

    /// <inheritdoc/>
    public override TestCase Create(CaseDescriptor descriptor) => new PlanCase(this, descriptor);

    /// <inheritdoc/>
    protected override ParameterSet DrawParameters(Draws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        int method = draws.OneOf(0, 0, 0, 1, 2);

        int model = draws.OneOf(0, 1, 2, 3, 3), padding = draws.OneOf(0, 0, 1, 2);

        // A reflection needs two elements, in the last stage too.
        int least = model >= 2 && padding == 2 ? 5 : 4;

        // Statistics of a handful of numbers are so ill-conditioned that no two precisions agree on them.
        bool normalizes = method == 2;
        int h = normalizes ? 8 : draws.Between(least, 9), w = normalizes ? 8 : draws.Between(least, 9);
        return Set(
            ("model", model), ("method", method), ("batch", normalizes ? draws.Between(4, 6) : draws.OneOf(1, 2, 3, 5, 9, 17)),
            ("image.height", h), ("image.width", w), ("channels", draws.Between(1, 3)), ("width", draws.Between(1, 4)), ("classes", draws.Between(2, 5)),
            ("steps", draws.Between(1, _mostSteps)), ("batches", draws.OneOf(1, 1, 2, 3)), ("padding-mode", padding), ("shortcut", draws.Between(0, 2)),
            ("noise", draws.Between(0, 3)), ("rate", draws.OneOf(1, 10, 50)), ("momentum", draws.OneOf(0, 50, 90)), ("nesterov", draws.Between(0, 1)),
            ("weight-decay", draws.OneOf(0, 5)), ("clip", draws.OneOf(0, 1, 10)), ("smoothing", draws.OneOf(0, 10)),
            ("optimizer", draws.OneOf([0, .. Enumerable.Range(0, OptimizerEntry.All.Length)])), ("dampening", draws.OneOf(0, 0, 30)));
    }
}

/// <summary>
/// A small network with its update rule, its data and its steps. Everything follows from the descriptor, and every number is exactly
/// representable in float32, so that all backends and precisions train on the same.
/// </summary>
public sealed class PlanCase : TestCase
{
    private const double NoiseStrength = 0.125;
    private readonly RandomStream _stream;

    internal PlanCase(PlanEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        ParameterSet p = descriptor.Parameters;
        _stream = new RandomStream(descriptor.Seed);
        Method = Method.All[p["method"]];
        Network = MakeNetwork();

        // Building it says whether the geometry is valid.
        BuildPlan<double>();
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The method.</summary>
    public Method Method { get; }

    /// <summary>Optimizer steps.</summary>
    public int Steps => Parameters["steps"];

    /// <summary>Batches of one step.</summary>
    public int Accumulate => Parameters["batches"];

    /// <summary>Samples of one batch.</summary>
    public int BatchSize => Parameters["batch"];

    /// <summary>The seed of the parameters.</summary>
    public ulong Seed => _stream.Split("parameters").Key;

    /// <summary>The update rule.</summary>
    public UpdateRule Rule => new()
    {
        Isocline = Method.Isocline,
        Optimizer = OptimizerEntry.All[Parameters["optimizer"]].Create(new OptimizerOptions(
            Parameters.Fraction("momentum"), Parameters.Flag("nesterov"), Parameters.Fraction("dampening"), Parameters.Fraction("weight-decay"))),
        ClipNorm = Parameters.Fraction("clip"),
        SlowRateMultiplier = 0.25,
    };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step.</param>
    public double Rate(int step) => Parameters.Fraction("rate") / (1 + step);

    /// <summary>The plan.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    public Plan<T> BuildPlan<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        TrainingPlan.Of<T>(Network, Rule, new PlanSettings(BatchSize, _stream.Split("noise").Key, Parameters.Fraction("smoothing")));

    /// <summary>The scalars of one batch of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="part">Which of its batches.</param>
    /// <param name="noise">Whether noise is on.</param>
    public StepScalars Scalars(int step, int part, bool noise = true) => new(
        step, Rate(step), noise && Parameters.Flag("noise") ? NoiseStrength : 0, BatchSize * Accumulate, part == 0, part == Accumulate - 1);

    /// <summary>Fills a batch with the samples of one batch of a step. A sample follows from its number alone, however steps are split.</summary>
    /// <typeparam name="T">The element type of the images.</typeparam>
    /// <param name="batch">The batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="part">Which of its batches.</param>
    public void Fill<T>(Batch<T> batch, int step, int part)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Count = BatchSize;
        double common = Descriptor.Values == ValueClass.Common ? 3 : 0;
        for (int i = 0; i < BatchSize; i++)
        {
            int number = (((step * Accumulate) + part) * BatchSize) + i;
            Draws draws = new(_stream.Split("samples").Split((ulong)number));
            foreach (ref T pixel in batch.ImageAt(i))
            {
                pixel = T.CreateChecked((float)(common + draws.Normal()));
            }

            batch.Labels[i] = draws.Between(0, Network.Classes - 1);
            batch.SampleIndices[i] = 100 + (7 * number);
        }
    }

    /// <summary>The same case with another value of a parameter.</summary>
    /// <param name="key">The parameter.</param>
    /// <param name="value">The value.</param>
    public PlanCase With(string key, int value) => (PlanCase)Entry.Create(Descriptor with { Parameters = Parameters.With(key, value) });

    /// <summary>Opens the case on a backend, with parameters as they start.</summary>
    /// <param name="subject">The backend.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="NotSupportedException">The backend does not support an op of the plan.</exception>
    internal PlanRun Open(Subject subject, PlanOptions? options = null) => subject.Visit(new Opener(this, options ?? PlanOptions.Compiled));

    private Network MakeNetwork()
    {
        ParameterSet p = Parameters;
        Shape image = new(p["image.height"], p["image.width"], p["channels"]);
        ConvolutionStyle style = Method.Style with
        {
            Padding = p["padding-mode"] <= (int)PaddingMode.Reflect ? (PaddingMode)p["padding-mode"] : throw new ArgumentException($"There is no padding mode {p["padding-mode"]}."),
            Noise = p["noise"] switch
            {
                0 => null,
                <= 3 => (NoiseDistribution)(p["noise"] - 1),
                _ => throw new ArgumentException($"There is no noise {p["noise"]}."),
            },
        };
        ShortcutKind shortcut = p["shortcut"] <= (int)ShortcutKind.Projection ? (ShortcutKind)p["shortcut"] : throw new ArgumentException($"There is no shortcut {p["shortcut"]}.");
        ModelOptions options = new() { Style = style, Width = p["width"], Shortcut = shortcut };
        return p["model"] switch
        {
            0 => new Network("block", image, p["classes"], new Sequence(
                style.Convolution(p["width"], 3, 1, ConvolutionPlace.Block, "conv"), new Relu(), new MeanPool(), new Linear(p["classes"]) { Name = "head" })),
            1 => ModelCatalog.Create($"mlp{2 * p["width"]}x{p["width"]}", image, p["classes"], options),
            2 => ModelCatalog.Create("plain8", image, p["classes"], options),
            3 => ModelCatalog.Create("resnet8", image, p["classes"], options),
            _ => throw new ArgumentException($"There is no model {p["model"]}."),
        };
    }

    private sealed class Opener(PlanCase planCase, PlanOptions options) : ISubjectGuest<PlanRun>
    {
        public PlanRun Work<T>(IBackend<T> backend)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => new PlanRun<T>(backend, planCase, options);
    }
}
