using System.Collections.Immutable;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;

namespace Msr.Core.Training;

/// <summary>
/// Everything that decides the numbers of a training besides the data, the precision and the vector width of the backend. Two runs with
/// equal options end at equal bits, whatever the number of threads.
/// </summary>
public sealed record TrainingOptions
{
    // Adam's steps have the size of the rate whatever the gradient's, so neither the method nor the batch decides it.
    private const double AdamRate = 0.02;

    /// <summary>The model; see <see cref="ModelCatalog"/>.</summary>
    public string Model { get; init; } = "resnet8";

    /// <summary>Channels of the model's first stage.</summary>
    public int Width { get; init; } = 16;

    /// <summary>How shortcuts pass from stage to stage.</summary>
    public ShortcutKind Shortcut { get; init; }

    /// <summary>The method; see <see cref="Training.Method"/>.</summary>
    public string Method { get; init; } = "msr";

    /// <summary>The number of passes over the training set.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples of a batch.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Batches whose gradients one update averages.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Peak learning rate; null for the method's own at this batch size, rate·batch·accumulate/128, and for 0.02 with AdamW.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The course of the learning rate.</summary>
    public Schedule Schedule { get; init; } = Schedule.OneCycle;

    /// <summary>What makes steps of gradients.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Momentum; with AdamW β1, below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether the step looks ahead along the momentum.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Weight decay of kernels and linear weights: coupled, so that it goes through the momentum, but decoupled with AdamW.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Pull of spatial filters and rows of linear layers towards unit norm; null for the method's own (5e-4 for all but batch norm, 0 there).</summary>
    public double? NormAnchor { get; init; }

    /// <summary>Largest L2 norm of all gradients together; 0 for no clipping.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>What the learning rate is multiplied by for biases and linear layers; null for the method's own (0.25, batch norm 1).</summary>
    public double? SlowRate { get; init; }

    /// <summary>Weight of the mean that is subtracted from gradients; null for the method's own.</summary>
    public double? Lambda { get; init; }

    /// <summary>Patterns (<c>*</c> and <c>?</c>) of whole names, such as <c>stem.weight</c>, of kernels whose gradients stay free; null for the method's own.</summary>
    public ImmutableArray<string>? Exclude { get; init; }

    /// <summary>Whether kernels that started on the isocline and are held there are projected onto it again at every epoch's end.</summary>
    public bool Recentre { get; init; } = true;

    /// <summary>Strength of the noise; 0 for none.</summary>
    public double Noise { get; init; }

    /// <summary>Where the noise is.</summary>
    public NoiseSite NoiseSite { get; init; }

    /// <summary>How the noise is drawn.</summary>
    public NoiseDistribution NoiseDistribution { get; init; }

    /// <summary>What lies beyond the borders of convolutions.</summary>
    public PaddingMode Padding { get; init; }

    /// <summary>Label smoothing.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Whether training images are flipped left to right at random.</summary>
    public bool Flip { get; init; }

    /// <summary>Pixels by which training images are padded before a random crop; 0 for none.</summary>
    public int Crop { get; init; }

    /// <summary>The seed of everything random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The method with its overrides.</summary>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public Method ResolveMethod()
    {
        Method method = Training.Method.Named(Method);
        ConvolutionStyle style = method.Style with
        {
            Padding = Padding,
            Noise = Noise > 0 ? NoiseDistribution : null,
            NoiseSite = NoiseSite,
        };
        IsoclinePolicy isocline = method.Isocline with
        {
            Lambda = Lambda ?? method.Isocline.Lambda,
            Exclude = Exclude ?? method.Isocline.Exclude,
        };
        return method with { Style = style, Isocline = isocline };
    }

    /// <summary>The peak learning rate in force.</summary>
    public double PeakRate() => LearningRate ?? (Optimizer == OptimizerKind.AdamW ? AdamRate : ResolveMethod().Rate * Batch * Accumulate / 128);

    /// <summary>The same options with everything that was left to the method spelled out.</summary>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public TrainingOptions Resolve()
    {
        Method method = ResolveMethod();
        UpdateRule rule = CreateUpdateRule();
        return this with
        {
            LearningRate = PeakRate(),
            NormAnchor = rule.NormAnchor,
            SlowRate = rule.SlowRateMultiplier,
            Lambda = method.Isocline.Lambda,
            Exclude = method.Isocline.Exclude,
        };
    }

    /// <summary>The network in force.</summary>
    /// <param name="image">The shape of an image, [H, W, C].</param>
    /// <param name="classes">The number of classes.</param>
    public Network CreateNetwork(Shape image, int classes) =>
        ModelCatalog.Create(Model, image, classes, new ModelOptions { Style = ResolveMethod().Style, Shortcut = Shortcut, Width = Width });

    /// <summary>The update rule in force.</summary>
    public UpdateRule CreateUpdateRule()
    {
        Method method = ResolveMethod();
        bool normalizes = method.Style.Normalizes;
        return new UpdateRule
        {
            Isocline = method.Isocline,
            Optimizer = OptimizerEntry.All[(int)Optimizer].Create(new OptimizerOptions(Momentum, Nesterov, 0, WeightDecay)),
            ClipNorm = ClipNorm,
            NormAnchor = NormAnchor ?? (normalizes ? 0 : 5e-4),
            SlowRateMultiplier = SlowRate ?? (normalizes ? 1 : 0.25),
        };
    }

    /// <summary>Checks every option by itself.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it and its range.</exception>
    public void Validate()
    {
        ModelCatalog.Require(Model);
        _ = Training.Method.Named(Method);
        Range(nameof(Epochs), Epochs, 1, 1_000_000);
        Range(nameof(Batch), Batch, 1, 65_536);
        Range(nameof(Accumulate), Accumulate, 1, 65_536);
        Range(nameof(Width), Width, 1, 4_096);
        Range(nameof(LearningRate), LearningRate ?? 0, 0, double.MaxValue);
        Range(nameof(Momentum), Momentum, 0, 1);
        Range(nameof(WeightDecay), WeightDecay, 0, double.MaxValue);
        Range(nameof(NormAnchor), NormAnchor ?? 0, 0, double.MaxValue);
        Range(nameof(ClipNorm), ClipNorm, 0, double.MaxValue);
        Range(nameof(SlowRate), SlowRate ?? 0, 0, double.MaxValue);
        Range(nameof(Lambda), Lambda ?? 0, 0, 1);
        Range(nameof(Noise), Noise, 0, double.MaxValue);
        Range(nameof(LabelSmoothing), LabelSmoothing, 0, 0.999);
        Range(nameof(Crop), Crop, 0, 1_024);
        if (Optimizer == OptimizerKind.AdamW && (Momentum == 1 || Nesterov))
        {
            throw new ArgumentException("With AdamW Momentum is beta1, below 1, and Nesterov is off.", nameof(Optimizer));
        }

        if (Schedule?.Milestones is null)
        {
            throw new ArgumentException("Schedule must be given, with its milestones.", nameof(Schedule));
        }

        if (Exclude is { } patterns && (patterns.IsDefault || patterns.Any(static pattern => pattern is null)))
        {
            throw new ArgumentException("Exclude must hold patterns of names, or be left to the method; got null among them.", nameof(Exclude));
        }

        Range("Warmup", Schedule.Warmup, 0, 0.999);
    }

    private static void Range(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            string range = most == double.MaxValue ? $"at least {least} and finite" : $"from {least} to {most}";
            throw new ArgumentException($"{name} must be {range}; got {value}.", name);
        }
    }
}
