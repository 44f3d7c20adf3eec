using Msr.Core.Checkpoints;
using PropertyTests.Checkpoints;

namespace PropertyTests.Properties;

/// <summary>Checkpoints keep every bit, whatever tensors, names and numbers they hold.</summary>
public sealed class CheckpointProperties
{
    [LawProperty(MaxTest = 300)]
    public void A_checkpoint_read_back_equals_what_was_written(Checkpoint checkpoint) =>
        CheckpointSamples.AssertSame(checkpoint, CheckpointSamples.Load(CheckpointSamples.Bytes(checkpoint)));

    [LawProperty(MaxTest = 300)]
    public void The_same_checkpoint_gives_the_same_bytes_also_after_a_round_trip(Checkpoint checkpoint)
    {
        byte[] first = CheckpointSamples.Bytes(checkpoint);
        Assert.Equal(first, CheckpointSamples.Bytes(checkpoint));
        Assert.Equal(first, CheckpointSamples.Bytes(CheckpointSamples.Load(first)));
    }

    [LawProperty(MaxTest = 300)]
    public void The_data_begin_at_a_multiple_of_8(Checkpoint checkpoint) => Assert.Equal(0, CheckpointSamples.DataStart(CheckpointSamples.Bytes(checkpoint)) % 8);
}
