using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Msr.Core.Data;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace PropertyTests.Training;

/// <summary>The option table is complete, its defaults are those in force, and the library refuses what the command line refuses.</summary>
public sealed class RunOptionsTests
{
    private static readonly string[] Facts = ["Version", "TrainChecksum", "TestChecksum", "Device", "VectorBits", "Options"];

    public static TheoryData<string> Names => [.. RunOptions.All.Select(static option => option.Name)];

    public static TheoryData<string, TrainingOptions> Refused => new()
    {
        { "LearningRate takes a number of at least 0; got NaN.", new TrainingOptions { LearningRate = double.NaN } },
        { "LearningRate takes a number of at least 0; got Infinity.", new TrainingOptions { LearningRate = double.PositiveInfinity } },
        { "Epochs takes a whole number from 1 to 1000000; got 0.", new TrainingOptions { Epochs = 0 } },
        { "Method takes one of msr, none, bn; got fixupp.", new TrainingOptions { Method = "fixupp" } },
        { "Model: There is no model 'vgg'; there are: resnet8", new TrainingOptions { Model = "vgg" } },
        { "Shortcut takes one of averaged, subsampled, projection; got 17.", new TrainingOptions { Shortcut = (ShortcutKind)17 } },
        { "Optimizer takes one of sgd, adamw", new TrainingOptions { Optimizer = (OptimizerKind)99 } },
        { "Crop takes a whole number from 0 to 1024; got 2000.", new TrainingOptions { Crop = 2000 } },
        { "Warmup takes a number from 0 to 0.999; got 1.", new TrainingOptions { Schedule = Schedule.OneCycle with { Warmup = 1 } } },
        { "Exclude takes patterns of names; got null.", new TrainingOptions { Exclude = default(ImmutableArray<string>) } },
        { "Momentum must be below 1 with Optimizer adamw.", new TrainingOptions { Optimizer = OptimizerKind.AdamW, Momentum = 1 } },
        { "Nesterov has no effect with Optimizer adamw; remove it.", new TrainingOptions { Optimizer = OptimizerKind.AdamW, Nesterov = true } },
        { "Width has no effect with Model mlp: it has no convolutions; remove it.", new TrainingOptions { Model = "mlp", Width = 16 } },
        { "Shortcut has no effect with Model plain8: it has no shortcuts; remove it.", new TrainingOptions { Model = "plain8", Shortcut = ShortcutKind.Projection } },
        { "Exclude has no effect with Method bn; remove it.", new TrainingOptions { Method = "bn", Exclude = ["*.conv2.weight"] } },
        { "Recentre has no effect with Lambda 0.5; remove it.", new TrainingOptions { Lambda = 0.5, Recentre = false } },
        { "NoiseSite has no effect with Noise 0; remove it.", new TrainingOptions { NoiseSite = NoiseSite.BlockInput } },
    };

    [Fact]
    public void Every_property_of_a_run_but_what_it_finds_out_has_its_line()
    {
        IEnumerable<string> properties = typeof(RunConfiguration).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => property.Name).Except(Facts, StringComparer.Ordinal)
            .Concat(typeof(TrainingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => property.Name));
        Assert.Equal(properties.Order(StringComparer.Ordinal), RunOptions.All.Select(static option => option.Property == "Warmup" ? "Flip" : option.Property).Order(StringComparer.Ordinal));
        Assert.Equal(RunOptions.All.Length, RunOptions.All.DistinctBy(static option => option.Name, StringComparer.Ordinal).Count());
        Assert.Equal(Enum.GetValues<OptionGroup>(), RunOptions.All.Select(static option => option.Group).Distinct());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_default_that_the_help_names_changes_nothing_when_it_is_given(string name)
    {
        RunOption option = RunOptions.Named(name);
        RunConfiguration start = RunConfiguration.Default;
        string? usual = option.DefaultIn(start);
        if (usual is null || option.Refusal([usual]) is not null)
        {
            // Words that depend on the method, the optimizer or the data set.
            Assert.True(usual is null || name is "--augment" or "--lr" or "--lambda" or "--norm-anchor" or "--slow-rate", $"{usual}");
            return;
        }

        RunConfiguration given = option.With(start, [usual]);
        TrainingOptions resolved = start.Options.Resolve();
        Assert.Equal(Json(start with { DataFolder = null, Options = resolved }), Json(given with { DataFolder = null, Options = given.Options.Resolve() }));
        Assert.Null(option.IdleRefusal(RunConfiguration.Default with { Options = new TrainingOptions { Noise = 0.1 } }, static other => other.Name));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void The_library_refuses_what_the_command_line_refuses(string sentence, TrainingOptions options)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(options.Validate);
        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("msr", "mlp")]
    [InlineData("bn", "resnet8")]
    [InlineData("none", "plain8")]
    public void Options_spelled_out_are_refused_no_more_than_those_left_to_the_method(string method, string model)
    {
        TrainingOptions options = new() { Method = method == "msr" ? "msr" : method, Model = model };
        foreach (OptimizerKind optimizer in Enum.GetValues<OptimizerKind>())
        {
            (options with { Optimizer = optimizer }).Validate();
            (options with { Optimizer = optimizer }).Resolve("cifar10").Validate();
        }
    }

    [Fact]
    public void An_option_said_to_have_no_effect_has_none()
    {
        (TrainingOptions Left, TrainingOptions Right)[] pairs =
        [
            (new() { Model = "mlp16" }, new() { Model = "mlp16", Width = 3, Padding = PaddingMode.Reflect, Lambda = 0.5, Exclude = ["x"], Recentre = false, Shortcut = ShortcutKind.Subsampled, Noise = 0.5 }),
            (new() { Model = "plain8" }, new() { Model = "plain8", Shortcut = ShortcutKind.Projection, NoiseSite = NoiseSite.BlockInput }),
            (new() { Method = "bn" }, new() { Method = "bn", Exclude = ["*"] }),
            (new() { Optimizer = OptimizerKind.AdamW }, new() { Optimizer = OptimizerKind.AdamW, Nesterov = true }),
        ];
        foreach ((TrainingOptions left, TrainingOptions right) in pairs)
        {
            Assert.Equal(Plan(left), Plan(right));
        }

        static string Plan(TrainingOptions options)
        {
            Plan<double> plan = TrainingPlan.Of<double>(options.CreateNetwork(new Shape(8, 8, 3), 4), options.CreateUpdateRule(), new PlanSettings(2));
            return string.Join('\n', plan.Forward.Concat(plan.Backward).Concat(plan.Update).Select(static op => $"{op}"));
        }
    }

    [Fact]
    public void What_suits_a_data_set_is_in_force_unless_told_otherwise()
    {
        Assert.Equal(new Augmentation(true, 0), new TrainingOptions().AugmentationFor("fashion-mini"));
        Assert.Equal(Augmentation.Standard, new TrainingOptions().AugmentationFor("cifar10"));
        Assert.Equal(Augmentation.None, new TrainingOptions().AugmentationFor("mnist"));
        Assert.Equal(Augmentation.None, new TrainingOptions().AugmentationFor("my pictures"));
        Assert.Equal(Augmentation.None, new TrainingOptions { Flip = false, Crop = 0 }.AugmentationFor("cifar10"));
    }

    [Fact]
    public void Stored_options_without_effect_are_read_and_trained_on()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("msr-stored-");
        try
        {
            string path = Path.Combine(folder.FullName, "run");
            RunConfiguration written = RunConfiguration.Default with { Options = new TrainingOptions { Model = "mlp", Width = 16, Flip = false, Crop = 0 } };
            RunDirectory.Create(path, written).Dispose();
            RunConfiguration read = RunDirectory.ReadConfiguration(path);
            read.Options.Validate();
            Assert.Equal(16, (read.Options with { Epochs = 20 }).Width);
            Assert.Equal(Json(written), Json(read));
            string config = Path.Combine(path, "config.json");
            JsonNode damaged = JsonNode.Parse(File.ReadAllText(config))!;
            damaged["options"]!["momentum"] = 7;
            File.WriteAllText(config, damaged.ToJsonString());
            Assert.Contains("momentum takes a number from 0 to 1; got 7", Assert.Throws<RunDirectoryException>(() => RunDirectory.ReadConfiguration(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Json(RunConfiguration configuration) => JsonSerializer.Serialize(configuration, TrainingJson.Default.RunConfiguration);
}
