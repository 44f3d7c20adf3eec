using Msr.Core.Backends;
using Msr.Core.Checkpoints;
using Msr.Core.Training;
using Msr.Cpu;

namespace PropertyTests.Training;

public sealed class ClassifierTests
{
    [Theory]
    [InlineData("msr", 0)]
    [InlineData("msr", 0.1)]
    [InlineData("bn", 0.2)]
    public void A_classifier_judges_as_the_training_did(string method, double smoothing)
    {
        using CpuBackend<float> backend = new(1);
        TrainingOptions options = TrainingSamples.Options with { Epochs = 1, Method = method, LabelSmoothing = smoothing, Noise = 0.1 };
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, options);
        trainer.Run();
        using Classifier<float> classifier = new(backend, TrainingSamples.Frozen(trainer.ToCheckpoint()));
        StepReport expected = trainer.Evaluate(TrainingSamples.Data.Test!), got = classifier.Evaluate(TrainingSamples.Data.Test!);
        Assert.Equal(expected, got);
    }

    [Fact]
    public void Parameters_that_do_not_fit_are_refused_before_anything_is_compiled()
    {
        using WatchedBackend backend = new(new CpuBackend<float>(1));
        using Trainer<float> trainer = new(backend, TrainingSamples.Data, TrainingSamples.Options);
        using Trainer<float> wider = new(backend, TrainingSamples.Data, TrainingSamples.Options with { Width = 4 });
        Checkpoint mixed = TrainingSamples.With(trainer.ToCheckpoint(), parameters: wider.ToCheckpoint().Parameters);
        int compiled = backend.Compiled;
        Assert.Throws<CheckpointException>(() => new Classifier<float>(backend, mixed).Dispose());
        Assert.Equal(compiled, backend.Compiled);
    }
}
