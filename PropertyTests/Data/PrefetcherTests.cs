using System.Diagnostics;
using Msr.Core.Data;
using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace PropertyTests.Data;

public class PrefetcherTests
{
    private static readonly Standardization s_standardization = new([0.5, 0.25, 0.125], [0.5, 0.3, 0.7]);
    private static readonly ImageDataset s_dataset = Samples.Dataset(23);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Batches_come_in_order_and_as_the_loader_fills_them_whatever_the_timing(int depth)
    {
        RandomStream pauses = new RandomStream(1).Split((ulong)depth);
        BatchLoader<float> reference = Loader();
        Batch<float> expected = reference.CreateBatch();
        using Prefetcher<float> prefetcher = new(Loader(), depth: depth);
        for (int step = 0; step < 60; step++)
        {
            (int epoch, int index) = Math.DivRem(step, reference.BatchesPerEpoch);
            Assert.Equal((epoch, index), (prefetcher.NextEpoch, prefetcher.NextBatch));
            Batch<float> next = prefetcher.Next();
            Thread.Sleep(pauses.Below((ulong)step, 3));
            reference.Fill(expected, epoch, index);
            Assert.Equal(Contents.Of(expected), Contents.Of(next));
        }
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(2, 0)]
    [InlineData(1, 5)]
    public void It_resumes_at_any_position(int epoch, int batch)
    {
        using Prefetcher<float> whole = new(Loader());
        using Prefetcher<float> resumed = new(Loader(), epoch, batch);
        for (int skipped = 0; skipped < (epoch * 5) + batch; skipped++)
        {
            whole.Next();
        }

        for (int step = 0; step < 12; step++)
        {
            Assert.Equal((whole.NextEpoch, whole.NextBatch), (resumed.NextEpoch, resumed.NextBatch));
            Assert.Equal(Contents.Of(whole.Next()), Contents.Of(resumed.Next()));
        }
    }

    [Fact]
    public void What_goes_wrong_on_the_thread_is_thrown_by_Next_in_its_turn_and_ever_after()
    {
        // After the last epoch that an int can count, the next is negative and the loader refuses it.
        using Prefetcher<float> prefetcher = new(Loader(), int.MaxValue, batch: 3);
        prefetcher.Next();
        prefetcher.Next();
        Assert.Throws<ArgumentOutOfRangeException>(prefetcher.Next);
        Assert.Throws<ArgumentOutOfRangeException>(prefetcher.Next);
    }

    [Fact]
    public void Disposing_is_prompt_and_final_whether_or_not_batches_wait()
    {
        for (int taken = 0; taken < 4; taken++)
        {
            Prefetcher<float> prefetcher = new(Loader());
            for (int step = 0; step < taken; step++)
            {
                prefetcher.Next();
            }

            long start = Stopwatch.GetTimestamp();
            prefetcher.Dispose();
            prefetcher.Dispose();
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(2));
            Assert.Throws<ObjectDisposedException>(prefetcher.Next);
        }
    }

    private static BatchLoader<float> Loader() => new(
        s_dataset, s_standardization, new LoaderOptions(5) { Seed = 9, Shuffle = true, Augmentation = Augmentation.Standard });
}
