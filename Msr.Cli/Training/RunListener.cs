using System.Diagnostics;
using System.Numerics;
using Msr.Cli.Output;
using Msr.Core.Training;

namespace Msr.Cli.Training;

/// <summary>Writes a training's metrics and checkpoints, and tells the user how it goes.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="trainer">The training.</param>
/// <param name="directory">The files of the run.</param>
/// <param name="printer">Tells the user.</param>
/// <param name="best">The best accuracy on the validation set so far.</param>
internal sealed class RunListener<T>(Trainer<T> trainer, RunDirectory directory, ProgressPrinter printer, double? best) : ITrainingListener
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long _firstStep = trainer.State.Step;
    private double? _best = best;
    private bool _isBest;

    /// <summary>The last epoch that ended in this sitting.</summary>
    public EpochRecord? LastEpoch { get; private set; }

    /// <inheritdoc/>
    public void OnProgress(TrainingProgress progress)
    {
        directory.Append(new MetricsLine
        {
            Step = progress.Step,
            Epoch = progress.Epoch,
            Loss = progress.Loss,
            Lr = progress.LearningRate,
            ImagesPerSecond = progress.ImagesPerSecond,
        });
        printer.Update(
            $"epoch {progress.Epoch + 1}/{trainer.Options.Epochs}  step {progress.Step}/{progress.TotalSteps}  loss {progress.Loss:F4}  "
            + $"lr {progress.LearningRate:G3}  {progress.ImagesPerSecond:F0} images/s  ETA {Remaining(progress)}");
    }

    /// <inheritdoc/>
    public void OnEpoch(EpochRecord record)
    {
        LastEpoch = record;
        directory.Append(new MetricsLine
        {
            Step = record.Step,
            Epoch = record.Epoch,
            Loss = record.Train.Loss,
            Lr = record.LearningRate,
            ImagesPerSecond = record.ImagesPerSecond,
            TrainAccuracy = record.Train.Accuracy,
            TestLoss = record.Test?.Loss,
            TestAccuracy = record.Test?.Accuracy,
            ValidationLoss = record.Validation?.Loss,
            ValidationAccuracy = record.Validation?.Accuracy,
            MaxSliceMeanRatio = record.MaxSliceMeanRatio,
            MeanShift = record.MeanShift.IsDefaultOrEmpty ? null : record.MeanShift,
        });
        _isBest = record.Validation is { } validation && !(validation.Accuracy <= _best);
        _best = _isBest ? record.Validation?.Accuracy : _best;
        string test = record.Test is { } t ? $"  test accuracy {t.Accuracy:P2}  test loss {t.Loss:F4}" : "";
        string held = record.Validation is { } v ? $"  validation accuracy {v.Accuracy:P2}{(_isBest ? " (best)" : "")}" : "";
        printer.Line($"epoch {record.Epoch + 1}/{trainer.Options.Epochs} done  train loss {record.Train.Loss:F4}{test}{held}");
    }

    /// <inheritdoc/>
    public void OnCheckpointDue()
    {
        if (_isBest)
        {
            directory.SaveBest(trainer.ToCheckpoint());
            _isBest = false;
        }

        directory.SaveLast(trainer.ToCheckpoint());
    }

    private string Remaining(TrainingProgress progress)
    {
        long done = progress.Step - _firstStep;
        TimeSpan rest = done == 0 ? TimeSpan.Zero : _clock.Elapsed * ((double)(progress.TotalSteps - progress.Step) / done);
        return rest.TotalHours >= 1 ? $"{(int)rest.TotalHours}:{rest.Minutes:D2}:{rest.Seconds:D2}" : $"{rest.Minutes}:{rest.Seconds:D2}";
    }
}
