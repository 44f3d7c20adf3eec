using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;

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

/// <summary>Looks at an executable before and after each batch. It may read but must not write: training bits never depend on being watched.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public interface IStepWatcher<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Called before a batch runs.</summary>
    /// <param name="executable">The executable.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="scalars">The scalars of its step.</param>
    void Before(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars);

    /// <summary>Called when it has run.</summary>
    /// <param name="executable">The executable.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="scalars">The scalars of its step.</param>
    void After(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars);
}

/// <summary>The record of an epoch.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Step">Optimizer steps done at its end.</param>
/// <param name="Train">Losses and correct count of its training steps.</param>
/// <param name="Test">The test set's, if there is one.</param>
/// <param name="Validation">The validation set's, if there is one.</param>
/// <param name="LearningRate">The rate of its last step.</param>
/// <param name="ImagesPerSecond">Training speed, evaluation excluded, over all steps up to here and all sittings.</param>
/// <param name="MaxSliceMeanRatio">Largest distance from the isocline at a report so far; see <see cref="IsoclineDistance"/>.</param>
/// <param name="MeanShift">The mean-shift record, layer by layer.</param>
public sealed record EpochRecord(
    int Epoch,
    long Step,
    StepReport Train,
    StepReport? Test,
    StepReport? Validation,
    double LearningRate,
    double ImagesPerSecond,
    double MaxSliceMeanRatio,
    ImmutableArray<MeanShiftRecord> MeanShift);

/// <summary>The progress of a training.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="TotalSteps">Optimizer steps of the whole training.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Loss">Mean loss of the steps since the last report.</param>
/// <param name="LearningRate">The rate of the last step.</param>
/// <param name="ImagesPerSecond">Speed of the steps since the last report.</param>
public sealed record TrainingProgress(long Step, long TotalSteps, int Epoch, double Loss, double LearningRate, double ImagesPerSecond);
