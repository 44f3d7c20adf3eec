namespace Msr.Cpu.Execution;

/// <summary>
/// A batch cut into micro-batches as even as can be, and these dealt to partitions in order. A partition adds up its micro-batches one after
/// another, partitions are added up by a binary tree: the order of every sum follows from the number of samples alone.
/// </summary>
/// <param name="samples">The samples of the batch, at least 1.</param>
/// <param name="size">The most samples of a micro-batch, at least 1.</param>
internal readonly struct MicroBatches(int samples, int size)
{
    /// <summary>The most partitions: each needs room for all sums.</summary>
    public const int MostPartitions = 16;

    /// <summary>The number of micro-batches.</summary>
    public int Count { get; } = ((samples - 1) / size) + 1;

    /// <summary>The number of partitions.</summary>
    public int Partitions => Math.Min(Count, MostPartitions);

    /// <summary>The first sample of a micro-batch; the number of samples for the one after the last.</summary>
    /// <param name="index">Which micro-batch.</param>
    public int StartOf(int index) => (int)((long)samples * index / Count);

    /// <summary>The first micro-batch of a partition; the number of micro-batches for the one after the last.</summary>
    /// <param name="partition">Which partition.</param>
    public int FirstOf(int partition) => (int)((long)Count * partition / Partitions);
}
