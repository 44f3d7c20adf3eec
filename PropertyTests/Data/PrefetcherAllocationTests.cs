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

        // The test runner may allocate now and then on a thread of its own; a prefetcher that allocates does so in every window.
        long least = Enumerable.Range(0, 5).Min(_ =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Advance(prefetcher, 200);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        Assert.Equal(0, least);
    }

    private static void Advance(Prefetcher<float> prefetcher, int batches)
    {
        for (int step = 0; step < batches; step++)
        {
            prefetcher.Next();
        }
    }
}
