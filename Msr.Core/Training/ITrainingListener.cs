namespace Msr.Core.Training;

/// <summary>Is told how a training goes. What it does never changes the result.</summary>
public interface ITrainingListener
{
    /// <summary>Called every <see cref="TrainerSettings.LogEvery"/> steps and at the end of every epoch, before <see cref="OnEpoch"/>.</summary>
    /// <param name="progress">Where the training stands.</param>
    void OnProgress(TrainingProgress progress);

    /// <summary>Called at the end of every epoch, after evaluation.</summary>
    /// <param name="record">What the epoch came to.</param>
    void OnEpoch(EpochRecord record);

    /// <summary>
    /// Called when a checkpoint is due: at every epoch's end, after <see cref="OnEpoch"/>, and every
    /// <see cref="TrainerSettings.CheckpointEvery"/> steps. By default nothing is written.
    /// </summary>
    void OnCheckpointDue()
    {
    }
}
