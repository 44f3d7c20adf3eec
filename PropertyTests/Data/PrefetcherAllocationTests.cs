using Msr.Core.Data;

namespace PropertyTests.Data;

/// <summary>Measures the whole process, so it runs while nothing else does.</summary>
[Collection(nameof(PrefetcherAllocationTests))]
[CollectionDefinition(nameof(PrefetcherAllocationTests), DisableParallelization = true)]
public class PrefetcherAllocationTests
{
    [Fact]
    public void Prefetching_allocates_nothing_in_the_whole_process()
    {
        BatchLoader<float> loader = new(
            Samples.Dataset(64, 28, 28),
            new Standardization([0.5, 0.25, 0.125], [0.5, 0.3, 0.7]),
            new LoaderOptions(16) { Shuffle = true, Augmentation = Augmentation.Standard });
        using Prefetcher<float> prefetcher = new(loader);
        Advance(prefetcher, 50);

        // The test host's own timers allocate now and then, also while everything sleeps. A prefetcher that allocates would do so in every
        // window of five epochs.
        long least = long.MaxValue;
        long mine = GC.GetAllocatedBytesForCurrentThread();
        for (int window = 0; window < 100; window++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Advance(prefetcher, 20);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        mine = GC.GetAllocatedBytesForCurrentThread() - mine;
        Assert.Equal((0, 0), (least, mine));
    }

    private static void Advance(Prefetcher<float> prefetcher, int batches)
    {
        for (int step = 0; step < batches; step++)
        {
            prefetcher.Next();
        }
    }
}
