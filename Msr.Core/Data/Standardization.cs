using System.Collections.Immutable;
using System.Numerics;

namespace Msr.Core.Data;

/// <summary>The map from a pixel byte to what a network sees, channel by channel: (pixel / 255 − mean) / deviation.</summary>
public sealed class Standardization
{
    private const int ByteValues = 256;

    /// <summary>Creates the map.</summary>
    /// <param name="mean">The mean of each channel in units of 255, [C].</param>
    /// <param name="deviation">The standard deviation of each channel in units of 255, [C]; each above 0.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a number is not finite or a deviation not above 0.</exception>
    public Standardization(ImmutableArray<double> mean, ImmutableArray<double> deviation)
    {
        if (mean.IsDefaultOrEmpty || deviation.IsDefault || mean.Length != deviation.Length)
        {
            throw new ArgumentException("Give one mean and one deviation a channel.", nameof(mean));
        }

        if (!mean.All(double.IsFinite) || !deviation.All(value => double.IsFinite(value) && value > 0))
        {
            throw new ArgumentException("Means are finite, deviations finite and above 0.", nameof(deviation));
        }

        Mean = mean;
        Deviation = deviation;
    }

    /// <summary>The mean of each channel in units of 255, [C].</summary>
    public ImmutableArray<double> Mean { get; }

    /// <summary>The standard deviation of each channel in units of 255, [C].</summary>
    public ImmutableArray<double> Deviation { get; }

    /// <summary>The number of channels.</summary>
    public int Channels => Mean.Length;

    /// <summary>
    /// The map that gives each channel of a data set mean 0 and variance 1 over all images and pixels. A constant channel is only centred.
    /// </summary>
    /// <param name="dataset">The training set.</param>
    public static Standardization Of(ImageDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        int channels = dataset.Image.Inner;
        long[] histogram = new long[channels * ByteValues];
        ReadOnlySpan<byte> pixels = dataset.Pixels;
        for (int first = 0; first < pixels.Length; first += channels)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                histogram[(channel * ByteValues) + pixels[first + channel]]++;
            }
        }

        var mean = ImmutableArray.CreateBuilder<double>(channels);
        var deviation = ImmutableArray.CreateBuilder<double>(channels);
        for (int channel = 0; channel < channels; channel++)
        {
            (double centre, double spread) = Moments(histogram.AsSpan(channel * ByteValues, ByteValues));
            mean.Add(centre / 255);
            deviation.Add(spread > 0 ? spread / 255 : 1);
        }

        return new Standardization(mean.ToImmutable(), deviation.ToImmutable());
    }

    /// <summary>The standardised value of a pixel.</summary>
    /// <param name="pixel">The byte.</param>
    /// <param name="channel">Its channel.</param>
    public double Apply(byte pixel, int channel) => ((pixel / 255.0) - Mean[channel]) / Deviation[channel];

    /// <summary>The standardised value of every byte in every channel, rounded to the element type, [C, 256].</summary>
    /// <typeparam name="T">The element type.</typeparam>
    public T[] Table<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var table = new T[Channels * ByteValues];
        for (int entry = 0; entry < table.Length; entry++)
        {
            table[entry] = T.CreateChecked(Apply((byte)(entry % ByteValues), entry / ByteValues));
        }

        return table;
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<long> histogram)
    {
        // The sums are whole numbers far below 2⁵³ · 2¹⁰, hence exact in 64 bits.
        long count = 0, sum = 0, squares = 0;
        for (int value = 0; value < histogram.Length; value++)
        {
            count += histogram[value];
            sum += histogram[value] * value;
            squares += histogram[value] * value * value;
        }

        double mean = (double)sum / count;
        double variance = (double)(((Int128)count * squares) - ((Int128)sum * sum)) / ((double)count * count);
        return (mean, Math.Sqrt(variance));
    }
}
