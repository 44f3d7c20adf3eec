using Msr.Core.Data;
using Msr.Core.Numerics;

namespace PropertyTests.Data;

public class ImageDatasetTests
{
    private static readonly ImageDataset s_dataset = Samples.Dataset(100);

    [Fact]
    public void Taking_keeps_the_first_images()
    {
        ImageDataset taken = s_dataset.Take(7);
        Assert.Equal(7, taken.Count);
        Assert.True(taken.Pixels.SequenceEqual(s_dataset.Pixels[..(7 * 90)]));
        Assert.True(taken.Labels.SequenceEqual(s_dataset.Labels[..7]));
        Assert.Same(s_dataset, s_dataset.Take(1000));
    }

    [Theory]
    [InlineData(0.1, 10)]
    [InlineData(0.001, 1)]
    [InlineData(0.999, 99)]
    [InlineData(0.125, 12)]
    public void Splitting_parts_the_images_once_and_in_order(double fraction, int held)
    {
        (ImageDataset training, ImageDataset heldOut) = s_dataset.Split(fraction, 5);
        int[] back = Indices(heldOut), rest = Indices(training);
        Assert.Equal(held, heldOut.Count);
        Assert.Equal(Enumerable.Range(0, 100), back.Concat(rest).Order());
        Assert.Equal(back.Order(), back);
        Assert.Equal(rest.Order(), rest);
    }

    [Fact]
    public void Splitting_depends_on_the_seed_alone()
    {
        Assert.Equal(s_dataset.Split(0.3, 5).HeldOut.Checksum, s_dataset.Split(0.3, 5).HeldOut.Checksum);
        Assert.NotEqual(s_dataset.Split(0.3, 5).HeldOut.Checksum, s_dataset.Split(0.3, 6).HeldOut.Checksum, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void A_fraction_that_is_none_is_refused(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => s_dataset.Split(fraction, 5));

    [Fact]
    public void The_checksum_sees_every_pixel_and_label()
    {
        byte[] pixels = s_dataset.Pixels.ToArray(), labels = s_dataset.Labels.ToArray();
        Assert.Equal(s_dataset.Checksum, With(pixels, labels).Checksum);
        Assert.NotEqual(s_dataset.Checksum, With(pixels.With(pixels.Length - 1, (byte)~pixels[^1]), labels).Checksum, StringComparer.Ordinal);
        Assert.NotEqual(s_dataset.Checksum, With(pixels, labels.With(50, (byte)((labels[50] + 1) % 10))).Checksum, StringComparer.Ordinal);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        Shape image = new(2, 2, 1);
        Assert.Throws<ArgumentException>(() => new ImageDataset("x", image, 10, new byte[7], new byte[2]));
        Assert.Throws<ArgumentException>(() => new ImageDataset("x", image, 10, Array.Empty<byte>(), Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(() => new ImageDataset("x", image, 3, new byte[8], new byte[] { 0, 3 }));
        Assert.Throws<ArgumentException>(() => new ImageDataset("x", new Shape(4, 1), 3, new byte[8], new byte[2]));
        Assert.Throws<ArgumentException>(() => new ImageDataset("x", image, 3, new byte[8], new byte[2], ["a", "b"]));
    }

    [Fact]
    public void Standardised_pixels_have_mean_zero_and_variance_one_in_every_channel()
    {
        Standardization standardization = Standardization.Of(s_dataset);
        for (int channel = 0; channel < 3; channel++)
        {
            double[] values = [.. s_dataset.Pixels.ToArray().Where((_, index) => index % 3 == channel).Select(pixel => standardization.Apply(pixel, channel))];
            Assert.Equal(0, values.Average(), 1e-12);
            Assert.Equal(1, values.Average(value => value * value), 1e-12);
        }
    }

    [Fact]
    public void A_constant_channel_is_only_centred()
    {
        ImageDataset constant = new("x", new Shape(1, 2, 1), 1, new byte[] { 51, 51 }, new byte[1]);
        Standardization standardization = Standardization.Of(constant);
        Assert.Equal((0.2, 1.0), (standardization.Mean[0], standardization.Deviation[0]));
        Assert.Equal(0f, standardization.Table<float>()[51]);
    }

    private static ImageDataset With(byte[] pixels, byte[] labels) => new("x", s_dataset.Image, 10, pixels, labels);

    // The random images differ from one another, so that each tells its index.
    private static int[] Indices(ImageDataset part) =>
    [
        .. Enumerable.Range(0, part.Count).Select(
            place => Enumerable.Range(0, s_dataset.Count).Single(index => s_dataset.PixelsOf(index).SequenceEqual(part.PixelsOf(place)))),
    ];
}
