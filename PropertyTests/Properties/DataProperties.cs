using Msr.Core.Data;
using Msr.Core.Plans;
using PropertyTests.Data;

namespace PropertyTests.Properties;

/// <summary>What images become on their way into a batch, and in which order they go.</summary>
public sealed class DataProperties
{
    private static readonly Standardization s_standardization = new([0.5, 0.25, 0.125], [0.5, 0.3, 0.7]);

    [LawProperty(MaxTest = 500)]
    public void An_image_is_standardised_then_bordered_with_zeros_then_cropped_then_mirrored(AugmentedImages images)
    {
        (int height, int width, int channels, Augmentation augmentation, ulong seed) = images;
        ImageDataset dataset = Samples.Dataset(6, height, width, channels);
        Standardization standardization = new([.. s_standardization.Mean.Take(channels)], [.. s_standardization.Deviation.Take(channels)]);
        BatchLoader<float> loader = new(dataset, standardization, new LoaderOptions(6) { Augmentation = augmentation, Seed = seed });
        Batch<float> batch = loader.CreateBatch();
        batch.Images.AsSpan().Fill(float.NaN);
        loader.Fill(batch, 3, 0);
        for (int sample = 0; sample < 6; sample++)
        {
            (int right, int down, bool mirror) = augmentation.Draw(Augmentation.Stream(seed).Split(3), sample);
            for (int place = 0; place < height * width * channels; place++)
            {
                (int row, int column, int channel) = (place / channels / width, place / channels % width, place % channels);
                int fromRow = row + down;
                int fromColumn = (mirror ? width - 1 - column : column) + right;
                bool inside = fromRow >= 0 && fromRow < height && fromColumn >= 0 && fromColumn < width;
                float expected = inside
                    ? (float)standardization.Apply(dataset.PixelsOf(sample)[(((fromRow * width) + fromColumn) * channels) + channel], channel)
                    : 0;
                Assert.Equal(expected, batch.ImageAt(sample)[place]);
            }
        }
    }

    [LawProperty]
    public void An_epoch_visits_every_sample_once(VisitingOrder order) =>
        Assert.Equal(Enumerable.Range(0, order.Count), Visit(order).Order());

    [LawProperty]
    public void An_order_depends_on_seed_and_epoch_alone_not_on_the_epochs_before(VisitingOrder order)
    {
        SampleOrder walked = new(order.Count, order.Seed);
        for (int epoch = 0; epoch < order.Epoch; epoch++)
        {
            walked.Of(epoch);
        }

        Assert.Equal(Visit(order), walked.Of(order.Epoch).ToArray());
    }

    private static int[] Visit(VisitingOrder order) => new SampleOrder(order.Count, order.Seed).Of(order.Epoch).ToArray();
}
