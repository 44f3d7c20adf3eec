using Msr.Core.Data;
using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace PropertyTests.Data;

public class BatchLoaderTests
{
    private static readonly Standardization s_standardization = new([0.5, 0.25, 0.125], [0.5, 0.3, 0.7]);
    private static readonly ImageDataset s_dataset = Samples.Dataset(23);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(23)]
    [InlineData(100)]
    public void What_a_sample_becomes_does_not_depend_on_the_batch_size(int batchSize)
    {
        for (int epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(Epoch(7, epoch), Epoch(batchSize, epoch));
        }
    }

    [Fact]
    public void What_a_batch_holds_does_not_depend_on_what_was_filled_before_nor_on_threads()
    {
        BatchLoader<double> reference = Loader(5);
        string[] expected = [.. Positions().Select(at => Content(reference, at.Epoch, at.Index))];
        string[] found = new string[expected.Length];
        (int Epoch, int Index)[] positions = [.. Positions()];
        Parallel.For(0, positions.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, item =>
        {
            int from = positions.Length - 1 - item;
            found[from] = Content(Loader(5), positions[from].Epoch, positions[from].Index);
        });
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Epochs_and_seeds_differ_in_order_and_in_augmentation()
    {
        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
        Assert.NotEqual(Draws(1, 0), Draws(1, 1));
        Assert.NotEqual(Draws(1, 0), Draws(2, 0));
    }

    [Fact]
    public void Crops_and_mirrors_are_uniform()
    {
        const int Samples = 100_000;
        RandomStream stream = Augmentation.Stream(4).Split(2);
        int[] right = new int[9], down = new int[9];
        int mirrored = 0;
        for (int sample = 0; sample < Samples; sample++)
        {
            (int r, int d, bool mirror) = Augmentation.Standard.Draw(stream, sample);
            right[r + 4]++;
            down[d + 4]++;
            mirrored += mirror ? 1 : 0;
        }

        // Five standard deviations of a binomial count; the draws are fixed by the seed.
        double spread = 5 * Math.Sqrt(Samples * (1 / 9.0) * (8 / 9.0));
        Assert.All(right.Concat(down), count => Assert.Equal(Samples / 9.0, count, spread));
        Assert.Equal(Samples / 2.0, mirrored, 5 * Math.Sqrt(Samples * 0.25));
    }

    [Fact]
    public void The_last_batch_holds_what_is_left()
    {
        BatchLoader<float> kept = new(s_dataset, s_standardization, new LoaderOptions(5) { Shuffle = true });
        Batch<float> batch = kept.CreateBatch();
        kept.Fill(batch, 0, 4);
        Assert.Equal((5, 3), (kept.BatchesPerEpoch, batch.Count));
        Assert.Equal(1, new BatchLoader<float>(s_dataset, s_standardization, new LoaderOptions(24)).BatchesPerEpoch);
    }

    [Fact]
    public void Filling_allocates_nothing_also_into_a_new_epoch()
    {
        BatchLoader<float> loader = new(
            s_dataset, s_standardization, new LoaderOptions(5) { Shuffle = true, Augmentation = Augmentation.Standard });
        Batch<float> batch = loader.CreateBatch();
        loader.Fill(batch, 0, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int epoch = 0; epoch < 4; epoch++)
        {
            for (int index = 0; index < loader.BatchesPerEpoch; index++)
            {
                loader.Fill(batch, epoch, index);
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_batch_for_other_images_and_a_standardisation_for_other_channels_are_refused()
    {
        BatchLoader<float> loader = new(s_dataset, s_standardization, new LoaderOptions(5));
        Assert.Throws<ArgumentException>(() => loader.Fill(new Batch<float>(5, new Shape(5, 6, 1)), 0, 0));
        Assert.Throws<ArgumentException>(() => loader.Fill(new Batch<float>(4, s_dataset.Image), 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Fill(loader.CreateBatch(), 0, 5));
        Assert.Throws<ArgumentException>(() => new BatchLoader<float>(s_dataset, new Standardization([0], [1]), new LoaderOptions(5)));
    }

    private static BatchLoader<double> Loader(int batchSize) => new(
        s_dataset, s_standardization, new LoaderOptions(batchSize) { Seed = 9, Shuffle = true, Augmentation = new Augmentation(Flip: true, 2) });

    private static IEnumerable<(int Epoch, int Index)> Positions() =>
        from epoch in Enumerable.Range(0, 6) from index in Enumerable.Range(0, 5) select (epoch, index);

    private static List<string> Epoch(int batchSize, int epoch)
    {
        BatchLoader<double> loader = Loader(batchSize);
        return [.. Enumerable.Range(0, loader.BatchesPerEpoch).SelectMany(index => Content(loader, epoch, index).Split('\n'))];
    }

    private static string Content(BatchLoader<double> loader, int epoch, int index)
    {
        Batch<double> batch = loader.CreateBatch();
        loader.Fill(batch, epoch, index);
        return Contents.Of(batch);
    }

    private static int[] Order(ulong seed, int epoch) => new SampleOrder(50, seed).Of(epoch).ToArray();

    private static (int, int, bool)[] Draws(ulong seed, int epoch) =>
        [.. Enumerable.Range(0, 20).Select(sample => Augmentation.Standard.Draw(Augmentation.Stream(seed).Split((ulong)epoch), sample))];
}
