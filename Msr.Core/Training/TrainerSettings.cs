using System.Numerics;
using Msr.Core.Data;
using Msr.Core.Layers;
using Msr.Core.Optimizers;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>How a training is watched. Nothing here changes a parameter, a loss or an accuracy.</summary>
public sealed record TrainerSettings
{
    /// <summary>
    /// Steps between two reports of progress, at least 1. A diagnosis of divergence starts at the last report, and the distance from the
    /// isocline is measured at reports: <see cref="EpochRecord.MaxSliceMeanRatio"/> is the largest of those.
    /// </summary>
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps after which a checkpoint is due, besides every epoch's end; 0 for none.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Whether the mean-shift record is taken at every epoch's end.</summary>
    public bool RecordMeanShift { get; init; } = true;

    /// <summary>Checks every setting by itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(LogEvery, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(CheckpointEvery);
    }
}

/// <summary>The data of a training.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Test">What the result is measured on; null for none.</param>
/// <param name="Standardization">The mean and deviation of pixels.</param>
public sealed record TrainingData(ImageDataset Train, ImageDataset? Test, Standardization Standardization)
{
    /// <summary>A part held back from training, by which the best checkpoint is chosen; null for none.</summary>
    public ImageDataset? Validation { get; init; }

    /// <summary>Data without a test set, standardised by its own mean and deviation.</summary>
    /// <param name="train">What is trained on.</param>
    public static TrainingData Of(ImageDataset train) => new(train, null, Standardization.Of(train));
}

/// <summary>The plan of a training step: a network, and what happens to its gradients.</summary>
public static class TrainingPlan
{
    /// <summary>Builds the plan.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="network">The network.</param>
    /// <param name="rule">What happens to gradients after the backward pass.</param>
    /// <param name="settings">Batch size, key of the noise, label smoothing.</param>
    /// <exception cref="Ops.ShapeMismatchException">A layer does not fit its input; the message names both.</exception>
    public static Plan<T> Of<T>(Network network, UpdateRule rule, PlanSettings settings)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(settings);
        return PlanBuilder<T>.Build(
            network.Image, network.Classes, network.Body.Emit, rule.Optimizer.Scalars, parameters => new ParameterUpdate<T>(parameters, rule), settings);
    }
}
