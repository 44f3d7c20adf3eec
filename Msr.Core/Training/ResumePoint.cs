using System.Text.Json;
using System.Text.Json.Nodes;
using Msr.Core.Checkpoints;

namespace Msr.Core.Training;

/// <summary>What a checkpoint must agree on with a training that goes on from it bit for bit, besides parameters and optimiser state.</summary>
internal static class ResumePoint
{
    /// <summary>Checks options, data and the place in the data.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="options">The options of the training; only epochs may differ.</param>
    /// <param name="data">Its data.</param>
    /// <param name="batchesPerEpoch">The batches of an epoch.</param>
    /// <exception cref="CheckpointException">Something differs; the message names it.</exception>
    public static void Require(Checkpoint checkpoint, TrainingOptions options, TrainingData data, int batchesPerEpoch)
    {
        ModelCard card = ModelCard.Of(checkpoint);
        RequireEqual(checkpoint, "model", checkpoint.Model, options.Model);
        RequireEqual(checkpoint, "method", checkpoint.Method, options.Method);
        RequireEqual(checkpoint, "seed", checkpoint.Seed, options.Seed);
        (JsonObject stored, JsonObject wanted) = (Recipe(card.Options, card.Data), Recipe(options, data.Train.Name));
        foreach ((string name, JsonNode? value) in wanted)
        {
            RequireEqual(checkpoint, name, stored[name]?.ToJsonString() ?? "null", value?.ToJsonString() ?? "null");
        }

        RequireEqual(checkpoint, "the checksum", card.DataChecksum, data.Train.Checksum);
        int batch = checkpoint.BatchInEpoch;
        if (batch < 0 || batch >= batchesPerEpoch || batch % options.Accumulate != 0)
        {
            string steps = options.Accumulate == 1 ? "" : $" in steps of {options.Accumulate}";
            throw Mismatch(checkpoint, $"stands before batch {batch} of its epoch, where no step begins: those go from 0 to below {batchesPerEpoch}{steps}");
        }
    }

    private static void RequireEqual<V>(Checkpoint checkpoint, string name, V stored, V wanted)
    {
        if (!EqualityComparer<V>.Default.Equals(stored, wanted))
        {
            throw Mismatch(checkpoint, $"was trained with {name} {stored}, and this training has {wanted}");
        }
    }

    private static CheckpointException Mismatch(Checkpoint checkpoint, string problem) => new(
        CheckpointFault.Mismatch, checkpoint.Origin, $"{problem}; resume with the options and the data that it was trained with, or begin a new training");

    /// <summary>The options spelled out, but for the epochs, of which a training may be given more.</summary>
    private static JsonObject Recipe(TrainingOptions options, string data) =>
        JsonSerializer.SerializeToNode(options.Resolve(data) with { Epochs = 1 }, TrainingJson.Default.TrainingOptions)!.AsObject();
}
