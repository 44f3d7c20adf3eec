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
