using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Training;
using Msr.Cpu;

namespace PropertyTests.Training;

/// <summary>A training goes on from its own checkpoint or not at all, and what it refuses changes nothing in it.</summary>
public sealed class ResumeRefusalTests
{
    public static TheoryData<string, TrainingOptions> Others => new()
    {
        { "seed", TrainingSamples.Options with { Seed = 8 } },
        { "method", TrainingSamples.Options with { Method = "none" } },
        { "learningRate", TrainingSamples.Options with { LearningRate = 0.01 } },
        { "batch", TrainingSamples.Options with { Batch = 8, LearningRate = TrainingSamples.Options.PeakRate() } },
        { "optimizer", TrainingSamples.Options with { Optimizer = OptimizerKind.AdamW, LearningRate = TrainingSamples.Options.PeakRate() } },
        { "momentum", TrainingSamples.Options with { Momentum = 0.8 } },
        { "schedule", TrainingSamples.Options with { Schedule = new Schedule(ScheduleKind.Cosine) } },
        { "exclude", TrainingSamples.Options with { Exclude = [] } },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_options_are_refused_by_name(string name, TrainingOptions options)
    {
        Checkpoint checkpoint = After(1, TrainingSamples.Options);
        string message = AssertRefused(checkpoint, options);
        Assert.Contains($" {name} ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_epochs_and_options_spelled_out_are_the_same_training()
    {
        using CpuBackend<float> backend = new(1);
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, (TrainingSamples.Options with { Epochs = 9 }).Resolve());
        trainer.Resume(After(1, TrainingSamples.Options));
        Assert.Equal(1, trainer.State.Step);
    }

    [Fact]
    public void Other_images_are_refused()
    {
        using CpuBackend<float> backend = new(1);
        TrainingData data = TrainingSamples.Data;
        ImageDataset fewer = data.Train.Take(80);
        using Trainer<float> trainer = new(backend, new TrainingData(fewer, null, data.Standardization), TrainingSamples.Options);
        CheckpointException error = Assert.Throws<CheckpointException>(() => trainer.Resume(After(1, TrainingSamples.Options)));
        Assert.Equal(CheckpointFault.Mismatch, error.Fault);
    }

    [Theory]
    [InlineData(1, -1)]
    [InlineData(1, 6)]
    [InlineData(1, 7)]
    [InlineData(3, 2)]
    public void A_place_in_the_data_where_no_step_begins_is_refused(int accumulate, int batchInEpoch)
    {
        TrainingOptions options = TrainingSamples.Options with { Accumulate = accumulate };
        string message = AssertRefused(TrainingSamples.With(After(1, options), batchInEpoch: batchInEpoch), options);
        Assert.Contains($"{batchInEpoch}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("turned")]
    [InlineData("double")]
    public void Optimizer_state_that_does_not_fit_is_refused_before_anything_is_written(string fault)
    {
        Checkpoint checkpoint = After(1, TrainingSamples.Options);
        CheckpointTensor last = checkpoint.OptimizerState["head.weight"];
        CheckpointTensor? wrong = fault switch
        {
            "turned" => CheckpointTensor.Of<float>(last.Name, [last.Shape[1], last.Shape[0]], last.CopyTo<float>),
            "double" => CheckpointTensor.Of<double>(last.Name, last.Shape.AsSpan(), last.ConvertTo<double>),
            _ => null,
        };
        IEnumerable<CheckpointTensor> others = checkpoint.OptimizerState.Where(t => t.Name != last.Name);
        Checkpoint broken = TrainingSamples.With(checkpoint, state: new TensorSet(wrong is null ? others : others.Append(wrong)));
        Assert.Contains("'head.weight'", AssertRefused(broken, TrainingSamples.Options), StringComparison.Ordinal);

        using CpuBackend<float> backend = new(1);
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, TrainingSamples.Options);
        byte[] before = TrainingSamples.Bytes(trainer.ToCheckpoint());
        CheckpointException error = Assert.Throws<CheckpointException>(() => NetworkParameters.LoadOptimizer(trainer.Executable, broken));
        Assert.Equal(CheckpointFault.Mismatch, error.Fault);
        Assert.Equal(before, TrainingSamples.Bytes(trainer.ToCheckpoint()));
    }

    [Fact]
    public void AdamW_without_its_second_moments_is_refused_by_name()
    {
        TrainingOptions options = TrainingSamples.Options with { Optimizer = OptimizerKind.AdamW };
        Checkpoint whole = After(1, options);
        Checkpoint broken = TrainingSamples.With(whole, state: new TensorSet(whole.OptimizerState.Where(static t => t.Name != "second-moment/head.bias")));
        Assert.Contains("'second-moment/head.bias'", AssertRefused(broken, options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_precision_is_refused()
    {
        using CpuBackend<double> backend = new(1);
        using Trainer<double> trainer = new(backend, TrainingSamples.Data, TrainingSamples.Options);
        AssertRefused(TrainingSamples.Frozen(trainer.ToCheckpoint()), TrainingSamples.Options);
    }

    [Fact]
    public void Bare_weights_are_refused_and_say_what_would_do()
    {
        Checkpoint own = After(1, TrainingSamples.Options);
        Checkpoint foreign = new() { IsForeign = true, Parameters = own.Parameters, OptimizerState = own.OptimizerState, Origin = "weights" };
        string message = AssertRefused(foreign, TrainingSamples.Options);
        Assert.Contains("msr reads only its own checkpoints", message, StringComparison.Ordinal);
        Assert.DoesNotContain("train from it", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_model_with_other_shapes_says_which_options_make_them()
    {
        string message = AssertRefused(After(1, TrainingSamples.Options), TrainingSamples.Options with { Width = 4 });
        Assert.EndsWith("it was written with another --width, --shortcut or --method.", message, StringComparison.Ordinal);
        Checkpoint other = TrainingSamples.With(After(1, TrainingSamples.Options), model: "plain8");
        Assert.EndsWith("it was written for plain8, name that model.", AssertRefused(other, TrainingSamples.Options with { Width = 4 }), StringComparison.Ordinal);
    }

    private static Checkpoint After(int steps, TrainingOptions options)
    {
        using CpuBackend<float> backend = new(1);
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, options, new TrainerSettings { LogEvery = steps });
        using CancellationTokenSource source = new();
        trainer.Run(new StopAtOnce(source), source.Token);
        return TrainingSamples.Frozen(trainer.ToCheckpoint());
    }

    private static string AssertRefused(Checkpoint checkpoint, TrainingOptions options)
    {
        using CpuBackend<float> backend = new(1);
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, options);
        byte[] before = TrainingSamples.Bytes(trainer.ToCheckpoint());
        CheckpointException error = Assert.Throws<CheckpointException>(() => trainer.Resume(checkpoint));
        Assert.Equal(CheckpointFault.Mismatch, error.Fault);
        Assert.Equal(before, TrainingSamples.Bytes(trainer.ToCheckpoint()));
        return error.Message;
    }

    private sealed class StopAtOnce(CancellationTokenSource source) : ITrainingListener
    {
        public void OnProgress(TrainingProgress progress) => source.Cancel();

        public void OnEpoch(EpochRecord record)
        {
        }
    }
}
