namespace Msr.Core.Training;

/// <summary>How a training is watched. Nothing here changes its result.</summary>
public sealed record TrainerSettings
{
    /// <summary>Steps between two reports of progress; also how far back a diagnosis of divergence starts.</summary>
    public int LogEvery { get; init; } = 20;

    /// <summary>Steps after which a checkpoint is due, besides every epoch's end; 0 for none.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Whether the mean-shift record is taken at every epoch's end.</summary>
    public bool RecordMeanShift { get; init; } = true;
}
