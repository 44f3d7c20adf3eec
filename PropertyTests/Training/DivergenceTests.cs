using Msr.Core.Backends;
using Msr.Core.Data;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cpu;

namespace PropertyTests.Training;

/// <summary>A training that diverges says where: the finding is that of an interpreter that was watched from the very start.</summary>
public sealed class DivergenceTests
{
    [Theory]
    [InlineData(1e20, 1, 4)]
    [InlineData(30, 5, 119)]
    public void A_rate_that_is_too_high_is_explained_by_step_and_op(double rate, int earliest, int latest)
    {
        // Reports are four steps apart: the second replay has to begin at a later one than the first.
        TrainingOptions options = TrainingSamples.Options with { LearningRate = rate, ClipNorm = 0, Epochs = 20 };
        string message = AssertExplained(TrainingSamples.Data, options);
        Assert.Matches(@"^Training diverged at step \d+: \S+ wrote ", message);
        Assert.InRange(int.Parse(message.Split(' ', ':')[4]), earliest, latest);
    }

    [Fact]
    public void Divergence_that_only_the_evaluation_shows_is_explained_by_the_op_there()
    {
        TrainingData data = TrainingSamples.Data with { Train = TrainingSamples.Data.Train.Take(16) };
        string message = AssertExplained(data, TrainingSamples.Options with { LearningRate = 1e30, ClipNorm = 0, Epochs = 20 });
        Assert.StartsWith("Training diverged at step 0: in the evaluation after it, ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_last_step_that_diverges_is_noticed_without_a_test_set()
    {
        TrainingData data = TrainingSamples.Data with { Train = TrainingSamples.Data.Train.Take(16), Test = null };
        string message = AssertExplained(data, TrainingSamples.Options with { LearningRate = 1e40, ClipNorm = 0, Epochs = 1 });
        Assert.StartsWith("Training diverged at step 0: sgd.step wrote ", message, StringComparison.Ordinal);
    }

    private static string AssertExplained(TrainingData data, TrainingOptions options)
    {
        using CpuBackend<float> backend = new(2);
        using Trainer<float> trainer = new(backend, data, options, new TrainerSettings { LogEvery = 4 });
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(() => trainer.Run());
        (long step, string finding) = FirstNotFinite(trainer, backend);
        Assert.Equal($"Training diverged at step {step}: {finding}.", error.Message);
        Assert.Equal(step, error.Step);
        return error.Message;
    }

    private static (long Step, string Finding) FirstNotFinite(Trainer<float> trainer, CpuBackend<float> backend)
    {
        (TrainingOptions options, TrainingData data) = (trainer.Options, trainer.Data);
        FiniteObserver<float> observer = new();
        using Interpreter<float> watched = new(backend, trainer.CreatePlan<float>(options.Batch), CompileOptions.Default, observer);
        NetworkParameters.Initialize(watched, options.Seed);
        BatchLoader<float> loader = new(data.Train, data.Standardization, new LoaderOptions(options.Batch) { Seed = options.Seed, Shuffle = true });
        Batch<float> batch = loader.CreateBatch();
        for (int step = 0; step < trainer.TotalSteps; step++)
        {
            (int epoch, int index) = Math.DivRem(step, loader.BatchesPerEpoch);
            loader.Fill(batch, epoch, index);
            double rate = options.PeakRate() * options.Schedule.MultipleAt(step, trainer.TotalSteps);
            watched.Step(batch, new StepScalars(step, rate, 0, batch.Count));
            if (observer.Finding is { } finding)
            {
                return (step, finding);
            }

            if (index == loader.BatchesPerEpoch - 1)
            {
                watched.Recentre();
                if (data.Test is { } test && !double.IsFinite(Evaluation.Of(watched, test, data.Standardization).LossSum))
                {
                    return (step, $"in the evaluation after it, {observer.Finding}");
                }
            }
        }

        throw new InvalidOperationException("Everything stays finite.");
    }
}
