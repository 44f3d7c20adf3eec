using System.Collections.Immutable;
using Msr.Core.Data;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using static Msr.Core.Training.OptionValues;

namespace Msr.Core.Training;

/// <summary>
/// The options of a run, each declared once: group, name, property, help, allowed values, place, and where it has no effect. Their defaults are
/// those of <see cref="RunConfiguration.Default"/> and <see cref="TrainingOptions"/>. A new option is one property and one line here.
/// </summary>
public static class RunOptions
{
    /// <summary>All of them, in the order of the help.</summary>
    public static ImmutableArray<RunOption> All { get; } =
    [
        Of(OptionGroup.Data, "--data", nameof(RunConfiguration.Data), "Data set: a name, or a folder with idx or CIFAR-10 files.",
            new TextValues($"{string.Join('|', DatasetCatalog.Names)}|DIR"), static c => c.Data, static (c, v) => c with { Data = NameOrFolder(v) }),
        Of(OptionGroup.Data, "--data-folder", nameof(RunConfiguration.DataFolder), "Where named data sets are looked for, each in a folder of its name.",
            new TextValues("DIR"), static c => c.DataFolder, static (c, v) => c with { DataFolder = Path.GetFullPath(v) }, mayChange: true, usual: static () => DatasetCatalog.DefaultFolder),
        Of(OptionGroup.Data, "--limit", nameof(RunConfiguration.Limit), "Train on the first N training images only.",
            Whole(1), static c => c.Limit, static (c, v) => c with { Limit = v }),
        Of(OptionGroup.Data, "--validation", nameof(RunConfiguration.Validation), "Fraction of the training set to hold back; the best checkpoint is chosen on it.",
            Real(0, 0.9, "FRACTION"), static c => c.Validation, static (c, v) => c with { Validation = v }),
        Recipe(OptionGroup.Data, "--augment", nameof(TrainingOptions.Crop), "Augmentation of training images: flip mirrors them left to right at random, standard also crops them at random out of a border of 4 pixels.",
            new AugmentationValues(), AugmentationOf, static (o, v) => o with { Flip = v[0].Flip, Crop = v[0].Crop }, usual: UsualAugmentation),

        Of(OptionGroup.Backend, "--backend", nameof(RunConfiguration.Backend), "The backend to run on; msr backends lists them.",
            new TextValues("NAME"), static c => c.Backend, static (c, v) => c with { Backend = v }),
        Of(OptionGroup.Backend, "--threads", nameof(RunConfiguration.Threads), "Threads; 0 for one per core. Results never depend on it.",
            Whole(0, RunConfiguration.MostThreads), static c => c.Threads, static (c, v) => c with { Threads = v }, mayChange: true),
        Of(OptionGroup.Backend, "--device", nameof(RunConfiguration.DeviceOrdinal), "The GPU, as the driver counts them from 0.",
            Whole(0, 1_023), static c => c.DeviceOrdinal, static (c, v) => c with { DeviceOrdinal = v }, mayChange: true),
        Of(OptionGroup.Backend, "--sync-every-op", nameof(RunConfiguration.SynchronizeEveryOp), "Wait after every op of a GPU, so that an error names the op that caused it; slow.",
            new FlagValues(), static c => c.SynchronizeEveryOp, static (c, v) => c with { SynchronizeEveryOp = v }, mayChange: true),
        Of(OptionGroup.Backend, "--cuda-folder", nameof(RunConfiguration.LibraryFolder), "Where cuBLAS and cuDNN are looked for first.",
            new TextValues("DIR"), static c => c.LibraryFolder, static (c, v) => c with { LibraryFolder = Path.GetFullPath(v) }, mayChange: true),

        Recipe(OptionGroup.Model, "--model", nameof(TrainingOptions.Model), $"The network: {ModelCatalog.Names}.",
            new ModelValues(), static o => o.Model, static (o, v) => o with { Model = v }),
        Recipe(OptionGroup.Model, "--width", nameof(TrainingOptions.Width), "Channels of the first stage.",
            Whole(1, 4_096), static o => o.Width, static (o, v) => o with { Width = v }, NeedsConvolutions),
        Recipe(OptionGroup.Model, "--shortcut", nameof(TrainingOptions.Shortcut), "Shortcuts between stages: 2x2 averages, every second pixel, or a 1x1 convolution.",
            Words<ShortcutKind>(), static o => o.Shortcut, static (o, v) => o with { Shortcut = v }, NeedsShortcuts),
        Recipe(OptionGroup.Model, "--padding", nameof(TrainingOptions.Padding), "Padding of convolutions.",
            Words<PaddingMode>(), static o => o.Padding, static (o, v) => o with { Padding = v }, NeedsConvolutions),

        Recipe(OptionGroup.Method, "--method", nameof(TrainingOptions.Method), $"The method: {string.Join("; ", Training.Method.All.Select(static m => $"{m.Name}, {m.Purpose}"))}.",
            Names(Training.Method.All.Select(static m => m.Name)), static o => o.Method, static (o, v) => o with { Method = v },
            static o => o.Method == Training.Method.Msr.Name ? null : NeedsConvolutions(o)),
        Recipe(OptionGroup.Method, "--lambda", nameof(TrainingOptions.Lambda), "Projection of gradients: the weight of the slice mean that is subtracted.",
            Real(0, 1), static o => o.Lambda, static (o, v) => o with { Lambda = v }, NeedsConvolutions),
        Recipe(OptionGroup.Method, "--exclude", nameof(TrainingOptions.Exclude), "Kernels whose gradients are not projected: a pattern with * and ? of whole names, such as stem.weight; may be repeated, '' for none.",
            new PatternValues(), PatternsOf, static (o, v) => o with { Exclude = [.. v.Where(static pattern => pattern.Length > 0)] }, NeedsProjection),
        Recipe(OptionGroup.Method, "--recentre", nameof(TrainingOptions.Recentre), "Project kernels on the isocline onto it again after every epoch.",
            OnOff, static o => o.Recentre, static (o, v) => o with { Recentre = v }, NeedsFullProjection),
        Recipe(OptionGroup.Method, "--norm-anchor", nameof(TrainingOptions.NormAnchor), "Pull of filters and of rows of linear layers towards unit norm.",
            Real(), static o => o.NormAnchor, static (o, v) => o with { NormAnchor = v }),
        Recipe(OptionGroup.Method, "--slow-rate", nameof(TrainingOptions.SlowRate), "Learning rate of biases and linear layers, relative to that of the rest.",
            Real(), static o => o.SlowRate, static (o, v) => o with { SlowRate = v }),

        Recipe(OptionGroup.Optimizer, "--optimizer", nameof(TrainingOptions.Optimizer), $"The optimizer: {string.Join("; ", OptimizerEntry.All.Select(static c => $"{c.Name}, {c.Purpose}"))}.",
            Words([.. OptimizerEntry.All.Select(static c => (c.Name, c.Kind))]), static o => o.Optimizer, static (o, v) => o with { Optimizer = v }),
        Recipe(OptionGroup.Optimizer, "--momentum", nameof(TrainingOptions.Momentum), "Momentum; beta1 of adamw.",
            Real(0, 1), static o => o.Momentum, static (o, v) => o with { Momentum = v }, static o => UsedByOptimizer(o, "--momentum") ?? MomentumBelowOne(o)),
        Recipe(OptionGroup.Optimizer, "--nesterov", nameof(TrainingOptions.Nesterov), "Nesterov momentum.",
            OnOff, static o => o.Nesterov, static (o, v) => o with { Nesterov = v }, static o => UsedByOptimizer(o, "--nesterov")),
        Recipe(OptionGroup.Optimizer, "--clip", nameof(TrainingOptions.ClipNorm), "Clip the L2 norm of all gradients together to this; 0 for no clipping.",
            Real(unit: "NORM"), static o => o.ClipNorm, static (o, v) => o with { ClipNorm = v }),

        Of(OptionGroup.Schedule, "--epochs", nameof(TrainingOptions.Epochs), "Passes over the training set.",
            Whole(1, 1_000_000), static c => c.Options.Epochs, static (c, v) => c with { Options = c.Options with { Epochs = v } }, mayChange: true),
        Recipe(OptionGroup.Schedule, "--batch", nameof(TrainingOptions.Batch), "Images of a batch.",
            Whole(1, 65_536), static o => o.Batch, static (o, v) => o with { Batch = v }),
        Recipe(OptionGroup.Schedule, "--accumulate", nameof(TrainingOptions.Accumulate), "Batches whose gradients are averaged for one update.",
            Whole(1, 65_536), static o => o.Accumulate, static (o, v) => o with { Accumulate = v }),
        Recipe(OptionGroup.Schedule, "--lr", nameof(TrainingOptions.LearningRate), "Peak learning rate.",
            Real(unit: "RATE"), static o => o.LearningRate, static (o, v) => o with { LearningRate = v }, usual: UsualRate),
        Recipe(OptionGroup.Schedule, "--schedule", nameof(TrainingOptions.Schedule), "Learning rate after the warm-up: linearly to 0, in steps, half a cosine to 0, or constant.",
            Words(("onecycle", ScheduleKind.OneCycle), ("step", ScheduleKind.Step), ("cosine", ScheduleKind.Cosine), ("constant", ScheduleKind.Constant)),
            static o => o.Schedule.Kind, static (o, v) => o with { Schedule = o.Schedule with { Kind = v } }),
        Recipe(OptionGroup.Schedule, "--warmup", nameof(Training.Schedule.Warmup), "Fraction of all steps over which the learning rate rises linearly to its peak.",
            Real(0, 0.999, "FRACTION"), static o => o.Schedule.Warmup, static (o, v) => o with { Schedule = o.Schedule with { Warmup = v } }),

        Recipe(OptionGroup.Regularisation, "--weight-decay", nameof(TrainingOptions.WeightDecay), "Weight decay of kernels and linear weights.",
            Real(), static o => o.WeightDecay, static (o, v) => o with { WeightDecay = v }),
        Recipe(OptionGroup.Regularisation, "--label-smoothing", nameof(TrainingOptions.LabelSmoothing), "Label smoothing.",
            Real(0, 0.999), static o => o.LabelSmoothing, static (o, v) => o with { LabelSmoothing = v }),
        Recipe(OptionGroup.Regularisation, "--noise", nameof(TrainingOptions.Noise), "Strength of the noise on activations; 0 for none.",
            Real(), static o => o.Noise, static (o, v) => o with { Noise = v }, static o => o.Noise > 0 ? NeedsConvolutions(o) : null),
        Recipe(OptionGroup.Regularisation, "--noise-site", nameof(TrainingOptions.NoiseSite), "Where the noise is applied.",
            Words<NoiseSite>(), static o => o.NoiseSite, static (o, v) => o with { NoiseSite = v }, NeedsNoise),
        Recipe(OptionGroup.Regularisation, "--noise-distribution", nameof(TrainingOptions.NoiseDistribution), "Distribution of the noise; shift is uniform and additive, the others are multiplicative.",
            Words<NoiseDistribution>(), static o => o.NoiseDistribution, static (o, v) => o with { NoiseDistribution = v }, NeedsNoise),

        Recipe(OptionGroup.Run, "--seed", nameof(TrainingOptions.Seed), "Seed of everything random.",
            new NumberValues<ulong>(0, ulong.MaxValue, "N"), static o => o.Seed, static (o, v) => o with { Seed = v }),
        Of(OptionGroup.Run, "--checkpoint-every", nameof(RunConfiguration.CheckpointEvery), "Steps between checkpoints, besides those at every epoch's end; 0 for none.",
            Whole(0), static c => c.CheckpointEvery, static (c, v) => c with { CheckpointEvery = v }, mayChange: true),
        Of(OptionGroup.Run, "--check-every", nameof(RunConfiguration.CheckEvery), "Steps between comparisons of a whole step with the float64 reference, which are slow; 0 for none.",
            Whole(0), static c => c.CheckEvery, static (c, v) => c with { CheckEvery = v }, mayChange: true),
    ];

    /// <summary>The option of a name.</summary>
    /// <param name="name">Its name on the command line.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static RunOption Named(string name) =>
        All.FirstOrDefault(option => option.Name == name) ?? throw new ArgumentException($"There is no option {name}.", nameof(name));

    private static OptionConflict? NeedsConvolutions(TrainingOptions o) =>
        ModelCatalog.HasConvolutions(o.Model) ? null : OptionConflict.NoEffect("--model", o.Model, "it has no convolutions");

    private static OptionConflict? NeedsShortcuts(TrainingOptions o) =>
        NeedsConvolutions(o) ?? (ModelCatalog.HasShortcuts(o.Model) ? null : OptionConflict.NoEffect("--model", o.Model, "it has no shortcuts"));

    private static OptionConflict? NeedsProjection(TrainingOptions o) =>
        NeedsConvolutions(o) ?? (o.ResolveMethod().Isocline.Lambda > 0 ? null : WithoutProjection(o));

    private static OptionConflict? NeedsFullProjection(TrainingOptions o) =>
        NeedsConvolutions(o) ?? (o.ResolveMethod().Isocline.HoldsExactly ? null : WithoutProjection(o));

    private static OptionConflict WithoutProjection(TrainingOptions o) =>
        o.Lambda is { } lambda && lambda != Training.Method.Named(o.Method).Isocline.Lambda
            ? OptionConflict.NoEffect("--lambda", FormattableString.Invariant($"{lambda}"))
            : OptionConflict.NoEffect("--method", o.Method);

    private static OptionConflict? NeedsNoise(TrainingOptions o) => o.Noise > 0 ? NeedsConvolutions(o) : OptionConflict.NoEffect("--noise", "0");

    private static OptionConflict? UsedByOptimizer(TrainingOptions o, string option)
    {
        OptimizerEntry entry = OptimizerEntry.Of(o.Optimizer);
        return entry.Uses.Contains(option, StringComparer.Ordinal) ? null : OptionConflict.NoEffect("--optimizer", entry.Name);
    }

    private static OptionConflict? MomentumBelowOne(TrainingOptions o)
    {
        OptimizerEntry entry = OptimizerEntry.Of(o.Optimizer);
        return entry.MomentumIsBelowOne && o.Momentum >= 1 ? OptionConflict.MustBe("below 1", "--optimizer", entry.Name) : null;
    }

    private static string NameOrFolder(string text) => KnownDataset.Find(text) is null ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text)) : text;

    // A default array holds no patterns, not even none.
    private static IReadOnlyList<string> PatternsOf(TrainingOptions o) => o.Exclude is not { } patterns ? [] : patterns.IsDefault ? [null!] : patterns;

    private static IReadOnlyList<(bool Flip, int Crop)> AugmentationOf(TrainingOptions o) =>
        o.Flip is null && o.Crop is null ? [] : [(o.Flip ?? false, o.Crop ?? 0)];

    private static string UsualAugmentation()
    {
        AugmentationValues words = new();
        IEnumerable<string> suited = KnownDataset.All.Where(static known => known.Augmentation != Augmentation.None)
            .GroupBy(static known => known.Augmentation)
            .Select(group => $"{words.Write((group.Key.Flip, group.Key.CropPadding))} for {string.Join(" and ", group.Select(static known => known.Name))}");
        return $"{string.Join(", ", suited)}, else none";
    }

    private static string UsualRate()
    {
        IEnumerable<string> methods = Training.Method.All.GroupBy(static method => method.Rate)
            .Select(static group => FormattableString.Invariant($"{group.Key} with {string.Join(" and ", group.Select(static method => method.Name))}"));
        IEnumerable<string> optimizers = OptimizerEntry.All.Where(static entry => entry.Rate is not null)
            .Select(static entry => FormattableString.Invariant($"; {entry.Rate} with {entry.Name}"));
        return $"{string.Join(", ", methods)}, times batch*accumulate/128{string.Concat(optimizers)}";
    }

    private static RunOption<V> Of<V>(
        OptionGroup group, string name, string property, string help, OptionValues<V> values,
        Func<RunConfiguration, V?> get, Func<RunConfiguration, V, RunConfiguration> set, bool mayChange = false)
        where V : struct =>
        new(group, name, property, help, values, configuration => get(configuration) is { } value ? [value] : [], (configuration, all) => set(configuration, all[0]))
        {
            MayChange = mayChange,
        };

    private static RunOption<string> Of(
        OptionGroup group, string name, string property, string help, OptionValues<string> values,
        Func<RunConfiguration, string?> get, Func<RunConfiguration, string, RunConfiguration> set, bool mayChange = false, Func<string>? usual = null) =>
        new(group, name, property, help, values, configuration => get(configuration) is { } value ? [value] : [], (configuration, all) => set(configuration, all[0]))
        {
            MayChange = mayChange,
            UsualIs = usual,
        };

    private static RunOption<V> Recipe<V>(
        OptionGroup group, string name, string property, string help, OptionValues<V> values,
        Func<TrainingOptions, V?> get, Func<TrainingOptions, V, TrainingOptions> set, Func<TrainingOptions, OptionConflict?>? conflict = null, Func<string>? usual = null)
        where V : struct =>
        Recipe<V>(group, name, property, help, values, options => get(options) is { } value ? [value] : [], (options, all) => set(options, all[0]), conflict, usual);

    private static RunOption<string> Recipe(
        OptionGroup group, string name, string property, string help, OptionValues<string> values,
        Func<TrainingOptions, string?> get, Func<TrainingOptions, string, TrainingOptions> set, Func<TrainingOptions, OptionConflict?>? conflict = null) =>
        Recipe<string>(group, name, property, help, values, options => get(options) is { } value ? [value] : [], (options, all) => set(options, all[0]), conflict);

    private static RunOption<V> Recipe<V>(
        OptionGroup group, string name, string property, string help, OptionValues<V> values,
        Func<TrainingOptions, IReadOnlyList<V>> get, Func<TrainingOptions, IReadOnlyList<V>, TrainingOptions> set,
        Func<TrainingOptions, OptionConflict?>? conflict = null, Func<string>? usual = null) =>
        new(group, name, property, help, values, configuration => get(configuration.Options),
            (configuration, all) => configuration with { Options = set(configuration.Options, all) })
        {
            ConflictOf = conflict,
            UsualIs = usual,
        };
}
