using System.Collections.Immutable;

namespace Msr.Core.Training;

/// <summary>One line of <c>metrics.jsonl</c>: progress within an epoch, or, with the fields that are null elsewhere, the end of one.</summary>
public sealed record MetricsLine
{
    /// <summary>Optimiser steps done.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean loss since the last line; at an epoch's end, of the epoch. Every loss is smoothed as the options say.</summary>
    public required double Loss { get; init; }

    /// <summary>The learning rate.</summary>
    public required double Lr { get; init; }

    /// <summary>Training speed.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Accuracy on the training batches of the epoch, 0 to 1.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>Loss on the test set, smoothed.</summary>
    public double? TestLoss { get; init; }

    /// <summary>Accuracy on the test set, 0 to 1.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Loss on the part of the training set that is held back, smoothed.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Accuracy on the part of the training set that is held back, 0 to 1.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Largest distance from the isocline so far.</summary>
    public double? MaxSliceMeanRatio { get; init; }

    /// <summary>The mean-shift record, layer by layer.</summary>
    public ImmutableArray<MeanShiftRecord>? MeanShift { get; init; }
}
