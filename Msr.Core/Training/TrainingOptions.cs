using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Msr.Core.Data;
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
    /// <summary>The model; see <see cref="ModelCatalog"/>.</summary>
    public string Model { get; init; } = "resnet8";

    /// <summary>Channels of the model's first stage.</summary>
    public int Width { get; init; } = ModelOptions.DefaultWidth;

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

    /// <summary>Peak learning rate; null for the method's own at this batch size, rate·batch·accumulate/128, or the optimizer's own, such as 0.02 with AdamW.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The course of the learning rate.</summary>
    public Schedule Schedule { get; init; } = Schedule.OneCycle;

    /// <summary>The optimizer.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Momentum; with AdamW β1, below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Weight decay of kernels and linear weights: coupled, so that it goes through the momentum, but decoupled with AdamW.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Pull of spatial filters and rows of linear layers towards unit norm; null for the method's own (5e-4 for all but batch norm, 0 there).</summary>
    public double? NormAnchor { get; init; }

    /// <summary>Largest L2 norm of all gradients together; 0 for no clipping.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>The learning rate of biases and linear layers as a multiple of that of the rest; null for the method's own (0.25, batch norm 1).</summary>
    public double? SlowRate { get; init; }

    /// <summary>Weight of the mean that is subtracted from gradients; null for the method's own.</summary>
    public double? Lambda { get; init; }

    /// <summary>Patterns (<c>*</c> and <c>?</c>) of whole names, such as <c>stem.weight</c>, of kernels whose gradients are not projected; null for the method's own.</summary>
    public ImmutableArray<string>? Exclude { get; init; }

    /// <summary>Whether kernels that started on the isocline and are held there are projected onto it again at every epoch's end.</summary>
    public bool Recentre { get; init; } = true;

    /// <summary>Strength of the noise; 0 for none.</summary>
    public double Noise { get; init; }

    /// <summary>The place of the noise.</summary>
    public NoiseSite NoiseSite { get; init; }

    /// <summary>How the noise is drawn.</summary>
    public NoiseDistribution NoiseDistribution { get; init; }

    /// <summary>The padding of convolutions.</summary>
    public PaddingMode Padding { get; init; }

    /// <summary>Label smoothing.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Whether training images are flipped left to right at random; null for what suits the data set, see <see cref="KnownDataset.Augmentation"/>.</summary>
    public bool? Flip { get; init; }

    /// <summary>Pixels by which training images are padded before a random crop, 0 for none; null for what suits the data set.</summary>
    public int? Crop { get; init; }

    /// <summary>The seed of everything random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether these options come from a file. An older program may have stored options without effect there, which still do no harm.</summary>
    [JsonIgnore]
    internal bool IsStored { get; init; }

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
    public double PeakRate() => LearningRate ?? OptimizerEntry.Of(Optimizer).Rate ?? (ResolveMethod().Rate * Batch * Accumulate / 128);

    /// <summary>The augmentation in force.</summary>
    /// <param name="data">The name of the training set.</param>
    public Augmentation AugmentationFor(string data)
    {
        Augmentation suited = KnownDataset.Find(data)?.Augmentation ?? Augmentation.None;
        return new Augmentation(Flip ?? suited.Flip, Crop ?? suited.CropPadding);
    }

    /// <summary>The same options with everything that was left to the method, and to the data set where one is named, spelled out.</summary>
    /// <param name="data">The name of the training set; null to leave its augmentation open.</param>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public TrainingOptions Resolve(string? data = null)
    {
        Augmentation? augmentation = data is null ? null : AugmentationFor(data);
        Method method = ResolveMethod();
        UpdateRule rule = CreateUpdateRule();
        return this with
        {
            LearningRate = PeakRate(),
            NormAnchor = rule.NormAnchor,
            SlowRate = rule.SlowRateMultiplier,
            Lambda = method.Isocline.Lambda,
            Exclude = method.Isocline.Exclude,
            Flip = augmentation?.Flip ?? Flip,
            Crop = augmentation?.CropPadding ?? Crop,
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
            Optimizer = OptimizerEntry.Of(Optimizer).Create(new OptimizerOptions(Momentum, Nesterov, 0, WeightDecay)),
            ClipNorm = ClipNorm,
            NormAnchor = NormAnchor ?? (normalizes ? 0 : 5e-4),
            SlowRateMultiplier = SlowRate ?? (normalizes ? 1 : 0.25),
        };
    }

    /// <summary>Checks every option by its line of <see cref="RunOptions"/>: as the command line does, in the same sentences.</summary>
    /// <exception cref="ArgumentException">
    /// One is out of range, or another than the default and without effect, such as the width of a model without convolutions; the message names it.
    /// </exception>
    public void Validate()
    {
        if (Schedule?.Milestones is null)
        {
            throw new ArgumentException("Schedule must be given, with its milestones.", nameof(Schedule));
        }

        RunConfiguration configuration = RunConfiguration.Default with { Options = this };
        Refuse(option => option.Refusal(configuration, NameOf));
        if (!IsStored)
        {
            Refuse(option => option.IsChosen(this) ? option.IdleRefusal(configuration, NameOf) : null);
        }

        static void Refuse(Func<RunOption, string?> refusalOf)
        {
            foreach (RunOption option in RunOptions.All)
            {
                if (refusalOf(option) is { } refusal)
                {
                    throw new ArgumentException(refusal, option.Property);
                }
            }
        }

        static string NameOf(RunOption option) => option.Property;
    }
}
