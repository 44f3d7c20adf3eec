using Msr.Core.Training;
using Msr.Cpu;

namespace PropertyTests.Training;

public sealed class TrainerSettingsTests
{
    [Theory]
    [InlineData(0, 0, "LogEvery")]
    [InlineData(-1, 0, "LogEvery")]
    [InlineData(1, -1, "CheckpointEvery")]
    public void Intervals_that_are_none_are_refused(int logEvery, int checkpointEvery, string name)
    {
        using CpuBackend<float> backend = new(1);
        TrainerSettings settings = new() { LogEvery = logEvery, CheckpointEvery = checkpointEvery };
        ArgumentException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => new Trainer<float>(backend, TrainingSamples.Data, TrainingSamples.Options, settings).Dispose());
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }
}
