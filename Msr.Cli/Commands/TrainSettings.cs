using System.Collections.Immutable;
using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Msr.Core.Data;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary>The options of <c>msr train</c> that make up a run's configuration: each with its place in it, said once.</summary>
internal sealed class TrainSettings
{
    private const string Augment = "--augment";

    private static readonly TrainingOptions s_default = Defaults.Options;

    /// <summary>All of them, in the order of the help.</summary>
    public ImmutableArray<TrainSetting> All { get; } =
    [
        Word("--data", $"Data set: a name, or a folder with idx or CIFAR-10 files; by default {Defaults.Data}.", $"{string.Join('|', DatasetCatalog.Names)}|DIR",
            static (c, v) => c with { Data = KnownDataset.Find(v) is null ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(v)) : v }),
        Of(CommonOptions.DataFolder(), static (c, v) => c with { DataFolder = Path.GetFullPath(v) }, mayChange: true),
        Int("--limit", "Train on the first N training images only.", 1, static (c, v) => c with { Limit = v }),
        Real("--validation", "Share of the training set to hold back; the best checkpoint is chosen by it.", 0, 0.9,
            static (c, v) => c with { Validation = v }, "FRACTION"),
        Of(OptionOf.Name("--backend", $"What computes; by default {Defaults.Backend}.", Backends.Names), static (c, v) => c with { Backend = v }),
        Of(CommonOptions.Threads(), static (c, v) => c with { Threads = v }, mayChange: true),
        Of(CommonOptions.Device(), static (c, v) => c with { DeviceOrdinal = v }, mayChange: true),
        Flag(CommonOptions.SynchronizeEveryOp(), static (c, v) => c with { SynchronizeEveryOp = v }),
        Of(CommonOptions.CudaFolder(), static (c, v) => c with { LibraryFolder = Path.GetFullPath(v) }, mayChange: true),
        Int("--checkpoint-every", "Steps after which a checkpoint is written, besides every epoch's end.", 1,
            static (c, v) => c with { CheckpointEvery = v }, mayChange: true),
        Int("--check-every", "Steps between comparisons of a whole step with the float64 reference; slow.", 1,
            static (c, v) => c with { CheckEvery = v }, mayChange: true),
        Recipe(Model(s_default.Model), static (o, v) => o with { Model = v }),
        Recipe(OptionOf.Number("--width", $"Channels of the first stage; by default {s_default.Width}.", 1, 4096), static (o, v) => o with { Width = v }),
        Recipe(OptionOf.Choice("--shortcut", "How shortcuts pass from stage to stage; by default averaged.",
            ("averaged", ShortcutKind.Averaged), ("subsampled", ShortcutKind.Subsampled), ("projection", ShortcutKind.Projection)),
            static (o, v) => o with { Shortcut = v }),
        Recipe(OptionOf.Name("--method", $"How the network is kept trainable; by default {s_default.Method}.", Method.All.Select(static m => m.Name)), static (o, v) => o with { Method = v }),
        Of(OptionOf.Number("--epochs", $"Passes over the training set; by default {s_default.Epochs}.", 1, 1_000_000), static (c, v) => With(c, c.Options with { Epochs = v }), mayChange: true),
        Recipe(OptionOf.Number("--batch", $"Images of a batch; by default {s_default.Batch}.", 1, 65_536), static (o, v) => o with { Batch = v }),
        Recipe(OptionOf.Number("--accumulate", $"Batches whose gradients one update averages; by default {s_default.Accumulate}.", 1, 65_536), static (o, v) => o with { Accumulate = v }),
        RealRecipe("--lr", "Peak learning rate; by default the method's own, times batch·accumulate/128, and 0.02 with adamw.", double.MaxValue, static (o, v) => o with { LearningRate = v }, "RATE"),
        Recipe(OptionOf.Choice("--schedule", "Course of the learning rate after the warm-up; by default onecycle.",
            ("onecycle", ScheduleKind.OneCycle), ("step", ScheduleKind.Step), ("cosine", ScheduleKind.Cosine), ("constant", ScheduleKind.Constant)),
            static (o, v) => o with { Schedule = o.Schedule with { Kind = v } }),
        RealRecipe("--warmup", $"Share of all steps in which the rate rises to its peak; by default {s_default.Schedule.Warmup}.", 0.999,
            static (o, v) => o with { Schedule = o.Schedule with { Warmup = v } }, "FRACTION"),
        Recipe(OptionOf.Choice("--optimizer", "What makes steps of gradients; by default sgd. With adamw --momentum is beta1; beta2 is 0.999, epsilon 1e-8.",
            ("sgd", OptimizerKind.Sgd), ("adamw", OptimizerKind.AdamW)), static (o, v) => o with { Optimizer = v }),
        RealRecipe("--momentum", $"Momentum, beta1 of adamw; by default {s_default.Momentum}.", 1, static (o, v) => o with { Momentum = v }),
        // Not of true and false: an option of that type takes those two words for its value and no others.
        Recipe(OptionOf.Choice("--nesterov", "Whether the step looks ahead along the momentum; by default off.", ("on", 1), ("off", 0)), static (o, v) => o with { Nesterov = v == 1 }),
        RealRecipe("--weight-decay", $"Weight decay of kernels and linear weights; by default {s_default.WeightDecay}.", double.MaxValue, static (o, v) => o with { WeightDecay = v }),
        RealRecipe("--norm-anchor", "Pull of spatial filters and rows of linear layers towards unit norm; by default the method's own.", double.MaxValue, static (o, v) => o with { NormAnchor = v }),
        RealRecipe("--clip", $"Largest L2 norm of all gradients together, 0 for no clipping; by default {s_default.ClipNorm}.", double.MaxValue, static (o, v) => o with { ClipNorm = v }, "NORM"),
        RealRecipe("--slow-rate", "What the rate is multiplied by for biases and linear layers; by default the method's own.", double.MaxValue, static (o, v) => o with { SlowRate = v }),
        RealRecipe("--lambda", "Weight of the mean that is subtracted from gradients; by default the method's own.", 1, static (o, v) => o with { Lambda = v }),
        Recipe(Exclude(), static (o, v) => o with { Exclude = [.. v.Where(static pattern => pattern.Length > 0)] }),
        RealRecipe("--noise", $"Strength of the noise, 0 for none; by default {s_default.Noise}.", double.MaxValue, static (o, v) => o with { Noise = v }),
        Recipe(OptionOf.Choice("--noise-site", "Where the noise is; by default convolution-output.",
            ("convolution-output", NoiseSite.ConvolutionOutput), ("block-input", NoiseSite.BlockInput)), static (o, v) => o with { NoiseSite = v }),
        Recipe(OptionOf.Choice("--noise-distribution", $"How the noise is drawn; by default {WordOf(s_default.NoiseDistribution)}.", Words<NoiseDistribution>()), static (o, v) => o with { NoiseDistribution = v }),
        Recipe(OptionOf.Choice("--padding", $"What lies beyond the borders of images; by default {WordOf(s_default.Padding)}.", Words<PaddingMode>()), static (o, v) => o with { Padding = v }),
        Recipe(OptionOf.Choice(Augment, "What happens to training images; by default what suits the data set.",
            ("none", 0), ("flip", 1), ("standard", 2)), static (o, v) => Augmented(o, v == 2 ? Augmentation.Standard : new Augmentation(v == 1, 0))),
        RealRecipe("--label-smoothing", $"Label smoothing; by default {s_default.LabelSmoothing}.", 0.999, static (o, v) => o with { LabelSmoothing = v }),
        Recipe(OptionOf.Number("--seed", $"Seed of everything random; by default {s_default.Seed}.", 0UL, ulong.MaxValue), static (o, v) => o with { Seed = v }),
    ];

    /// <summary>The version of this program.</summary>
    public static string Version { get; } =
        typeof(TrainSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The option for a model.</summary>
    /// <param name="usual">The model where none is asked for.</param>
    public static Option<string> Model(string usual)
    {
        Option<string> option = OptionOf.Text("--model", $"Network: {ModelCatalog.Names}; by default {usual}.", "NAME");
        option.Validators.Add(result =>
        {
            try
            {
                ModelCatalog.Require(result.Tokens is [{ Value: { } name }] ? name : usual);
            }
            catch (ArgumentException error)
            {
                result.AddError($"--model: {UsageException.Sentence(error)}");
            }
        });
        return option;
    }

    /// <summary>Whether the user chose an augmentation.</summary>
    public bool ChoosesAugmentation(ParseResult parse) => OptionOf.IsGiven(parse, All.Single(static s => s.Option.Name == Augment).Option);

    /// <summary>The options with an augmentation.</summary>
    public static TrainingOptions Augmented(TrainingOptions options, Augmentation augmentation) =>
        options with { Flip = augmentation.Flip, Crop = augmentation.CropPadding };

    /// <summary>The configuration of a new run; what depends on the data and the backend is still open.</summary>
    /// <exception cref="UsageException">An option changes nothing.</exception>
    public RunConfiguration Begin(ParseResult parse)
    {
        RunConfiguration start = new()
        {
            Version = Version,
            Data = Defaults.Data,
            TrainChecksum = "",
            Backend = Defaults.Backend,
            Device = "",
            Options = Defaults.Options,
        };
        TrainSetting[] given = [.. Given(parse)];
        RunConfiguration configuration = given.Aggregate(start, (before, setting) => setting.Apply(parse, before));
        IdleSettings.Refuse(configuration.Options, name => given.Any(setting => setting.Option.Name == name));
        return configuration;
    }

    /// <summary>The configuration of a run that goes on: its own, but for what may change.</summary>
    /// <exception cref="UsageException">An option contradicts it.</exception>
    public RunConfiguration Resume(ParseResult parse, RunConfiguration stored, string path)
    {
        RunConfiguration current = stored;
        foreach (TrainSetting setting in Given(parse))
        {
            RunConfiguration changed = setting.Apply(parse, current);
            if (!setting.MayChange && Json(changed) != Json(current))
            {
                throw new UsageException(
                    $"{setting.Option.Name} contradicts the config.json of {path}, which a resumed run goes on with; "
                    + $"leave it out, or begin a new run. Only {Changeable()} may change.");
            }

            current = changed;
        }

        return current.Options.Epochs >= stored.Options.Epochs
            ? current
            : throw new UsageException(
                $"--epochs may only grow when a run is resumed: {path} was asked for {stored.Options.Epochs}; got {current.Options.Epochs}.");
    }

    private string Changeable() => string.Join(", ", All.Where(static s => s.MayChange).Select(static s => s.Option.Name));

    private IEnumerable<TrainSetting> Given(ParseResult parse) => All.Where(setting => OptionOf.IsGiven(parse, setting.Option));

    private static string Json(RunConfiguration configuration) => JsonSerializer.Serialize(configuration, TrainingJson.Default.RunConfiguration);

    private static RunConfiguration With(RunConfiguration configuration, TrainingOptions options) => configuration with { Options = options };

    private static TrainSetting Of<V>(Option<V?> option, Func<RunConfiguration, V, RunConfiguration> apply, bool mayChange = false)
        where V : struct => new(option, (parse, configuration) => apply(configuration, parse.GetValue(option)!.Value), mayChange);

    private static TrainSetting Of<V>(Option<V> option, Func<RunConfiguration, V, RunConfiguration> apply, bool mayChange = false)
        where V : class => new(option, (parse, configuration) => apply(configuration, parse.GetValue(option)!), mayChange);

    private static TrainSetting Flag(Option<bool> option, Func<RunConfiguration, bool, RunConfiguration> apply) =>
        new(option, (parse, configuration) => apply(configuration, parse.GetValue(option)), MayChange: true);

    private static TrainSetting Recipe<V>(Option<V?> option, Func<TrainingOptions, V, TrainingOptions> apply)
        where V : struct => Of(option, (configuration, value) => With(configuration, apply(configuration.Options, value)));

    private static TrainSetting Recipe<V>(Option<V> option, Func<TrainingOptions, V, TrainingOptions> apply)
        where V : class => Of(option, (configuration, value) => With(configuration, apply(configuration.Options, value)));

    private static TrainSetting Word(string name, string description, string unit, Func<RunConfiguration, string, RunConfiguration> apply) =>
        Of(OptionOf.Text(name, description, unit), apply);

    private static TrainSetting Int(
        string name, string description, int least, Func<RunConfiguration, int, RunConfiguration> apply, bool mayChange = false) =>
        Of(OptionOf.Number(name, description, least, int.MaxValue), apply, mayChange);

    private static TrainSetting Real(
        string name, string description, double least, double most, Func<RunConfiguration, double, RunConfiguration> apply, string unit) =>
        Of(OptionOf.Number(name, description, least, most, unit), apply);

    private static TrainSetting RealRecipe(
        string name, string description, double most, Func<TrainingOptions, double, TrainingOptions> apply, string unit = "X") =>
        Recipe(OptionOf.Number(name, description, 0, most, unit), apply);

    private static (string Word, V Value)[] Words<V>()
        where V : struct, Enum => [.. Enum.GetValues<V>().Select(static value => (WordOf(value), value))];

    private static string WordOf<V>(V value)
        where V : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName($"{value}");

    private static Option<string[]> Exclude() => new("--exclude")
    {
        Description = "Kernels whose gradients stay free, as a pattern with * and ? of whole names, such as stem.weight; may be given more than once, '' for none.",
        HelpName = "GLOB",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };
}
