using System.Text.Json.Nodes;
using Msr.Core.Checkpoints;
using Msr.Core.Training;
using Msr.Cpu;

namespace PropertyTests.Training;

/// <summary>A checkpoint whose description of its model is sound JSON but describes none is refused, never half believed.</summary>
public sealed class ModelCardTests
{
    public static TheoryData<string, string> Broken => new()
    {
        { "options", "null" },
        { "options.model", "null" },
        { "options.method", "null" },
        { "options.method", "\"fixup\"" },
        { "options.batch", "0" },
        { "options.width", "0" },
        { "options.schedule", "null" },
        { "options.schedule.milestones", "null" },
        { "options.exclude", "[null]" },
        { "image", "null" },
        { "image", "[]" },
        { "image", "[8, 8]" },
        { "image", "[8, 8, 2, 1]" },
        { "image", "[0, 8, 2]" },
        { "image", "[2147483647, 2147483647, 2147483647]" },
        { "classes", "0" },
        { "classNames", "[\"one\", \"two\"]" },
        { "classNames", "[\"one\", \"two\", null]" },
        { "mean", "null" },
        { "mean", "[0.5]" },
        { "deviation", "[0.5, 0]" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_card_with_a_field_that_is_absent_or_absurd_is_refused(string path, string value)
    {
        Checkpoint sound = Sound();
        JsonObject card = JsonNode.Parse(sound.Config)!.AsObject();
        string[] names = path.Split('.');
        JsonObject parent = names[..^1].Aggregate(card, static (node, name) => node[name]!.AsObject());
        parent[names[^1]] = JsonNode.Parse(value);
        AssertRefused(TrainingSamples.With(sound, config: card.ToJsonString()));
        parent.Remove(names[^1]);
        if (!path.StartsWith("options.", StringComparison.Ordinal) && path != "classNames")
        {
            AssertRefused(TrainingSamples.With(sound, config: card.ToJsonString()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void A_card_that_is_none_is_refused(string config) => AssertRefused(TrainingSamples.With(Sound(), config: config));

    [Fact]
    public void A_card_survives_its_checkpoint()
    {
        ModelCard card = ModelCard.Of(Sound());
        Assert.Equal(ModelCard.Of(TrainingSamples.Options, TrainingSamples.Data).ToJson(), card.ToJson());
    }

    private static Checkpoint Sound()
    {
        using CpuBackend<float> backend = new(1);
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, TrainingSamples.Options);
        return TrainingSamples.Frozen(trainer.ToCheckpoint());
    }

    private static void AssertRefused(Checkpoint checkpoint)
    {
        using CpuBackend<float> backend = new(1);
        CheckpointException error = Assert.Throws<CheckpointException>(() => new Classifier<float>(backend, checkpoint).Dispose());
        Assert.Equal(CheckpointFault.Malformed, error.Fault);
        Assert.Contains("its model description cannot be read: ", error.Message, StringComparison.Ordinal);
    }
}
