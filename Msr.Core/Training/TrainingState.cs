using System.Text.Json;
using System.Text.Json.Nodes;
using Msr.Core.Backends;
using Msr.Core.Checkpoints;

namespace Msr.Core.Training;

/// <summary>The state of a training: what a checkpoint holds besides tensors. A value, so that steps allocate nothing.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Epoch">The epoch of the next batch, from 0.</param>
/// <param name="BatchInEpoch">The next batch within its epoch.</param>
/// <param name="EpochTotals">Losses and correct count of the epoch so far.</param>
/// <param name="LastEpoch">Losses and correct count of the last whole epoch.</param>
/// <param name="MaxSliceMeanRatio">Largest distance from the isocline so far.</param>
/// <param name="StepSeconds">Time spent in training steps, over all sittings.</param>
/// <param name="Images">Images trained on, over all sittings.</param>
/// <param name="ReportTotals">Losses and correct count since the last report of progress.</param>
/// <param name="Seconds">Wall time of the sittings before this one, evaluation included.</param>
public readonly record struct TrainingState(
    long Step = 0,
    int Epoch = 0,
    int BatchInEpoch = 0,
    StepReport EpochTotals = default,
    StepReport LastEpoch = default,
    double MaxSliceMeanRatio = 0,
    double StepSeconds = 0,
    long Images = 0,
    StepReport ReportTotals = default,
    double Seconds = 0)
{
    private static readonly (string Name, Func<TrainingState, double> Get)[] Numbers =
    [
        ("epochLossSum", static s => s.EpochTotals.LossSum),
        ("epochCorrect", static s => s.EpochTotals.Correct),
        ("epochSamples", static s => s.EpochTotals.Samples),
        ("lastLossSum", static s => s.LastEpoch.LossSum),
        ("lastCorrect", static s => s.LastEpoch.Correct),
        ("lastSamples", static s => s.LastEpoch.Samples),
        ("maxSliceMeanRatio", static s => s.MaxSliceMeanRatio),
        ("stepSeconds", static s => s.StepSeconds),
        ("images", static s => s.Images),
        ("reportLossSum", static s => s.ReportTotals.LossSum),
        ("reportCorrect", static s => s.ReportTotals.Correct),
        ("reportSamples", static s => s.ReportTotals.Samples),
        ("seconds", static s => s.Seconds),
    ];

    /// <summary>The numbers of this state that a checkpoint keeps by name.</summary>
    public IReadOnlyDictionary<string, double> ToScalars()
    {
        TrainingState state = this;
        return Numbers.ToDictionary(static n => n.Name, n => n.Get(state), StringComparer.Ordinal);
    }

    /// <summary>The state that a checkpoint holds.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public static TrainingState Of(Checkpoints.Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        double Number(string name) => checkpoint.Scalars.GetValueOrDefault(name);
        StepReport Report(string name) => new(Number($"{name}LossSum"), (int)Number($"{name}Correct"), (int)Number($"{name}Samples"));
        return new TrainingState(
            checkpoint.Step,
            checkpoint.Epoch,
            checkpoint.BatchInEpoch,
            Report("epoch"),
            Report("last"),
            Number("maxSliceMeanRatio"),
            Number("stepSeconds"),
            (long)Number("images"),
            Report("report"),
            Number("seconds"));
    }
}

/// <summary>The facts that a checkpoint must share with a training that resumes from it bit for bit, besides parameters and optimizer state.</summary>
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
