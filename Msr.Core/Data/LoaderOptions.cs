namespace Msr.Core.Data;

/// <summary>How a <see cref="BatchLoader{T}"/> makes batches of a data set. The defaults suit evaluation.</summary>
/// <param name="BatchSize">The number of samples in a batch, at least 1.</param>
public sealed record LoaderOptions(int BatchSize)
{
    /// <summary>The number of samples in a batch.</summary>
    public int BatchSize { get; init; } =
        BatchSize >= 1 ? BatchSize : throw new ArgumentOutOfRangeException(nameof(BatchSize), BatchSize, "A batch has a sample.");

    /// <summary>The user's seed, for the order and the augmentation.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether each epoch visits the samples in an order of its own; otherwise in the order of the data set.</summary>
    public bool Shuffle { get; init; }

    /// <summary>What happens to each image on the way.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.None;
}
