using Msr.Core.Backends;

namespace Msr.Core.Training;

/// <summary>Where a training stands: what a checkpoint holds besides tensors. A value, so that steps allocate nothing.</summary>
/// <param name="Step">Optimiser steps done.</param>
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
