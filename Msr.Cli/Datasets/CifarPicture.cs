using Msr.Core.Data;
using StbImageSharp;

namespace Msr.Cli.Datasets;

/// <summary>Turns a picture that holds one CIFAR-10 image a row into records of CIFAR-10's binary version.</summary>
internal static class CifarPicture
{
    /// <summary>The number of images in a picture.</summary>
    internal const int Images = 10_000;

    private const int Pixels = 32 * 32;
    private const int Channels = 3;

    /// <summary>Converts a batch.</summary>
    /// <param name="picture">A PNG file of 1024×10,000 pixels: row n holds the pixels of image n, row by row.</param>
    /// <param name="labels">The labels, [10,000].</param>
    /// <returns>10,000 records: a label, then the planes red, green and blue.</returns>
    /// <exception cref="FetchException">This is no such picture.</exception>
    internal static byte[] ToRecords(byte[] picture, ReadOnlySpan<byte> labels)
    {
        ImageResult decoded = Decode(picture);
        if (decoded.Width != Pixels || decoded.Height != labels.Length)
        {
            throw new FetchException($"a picture has {decoded.Width}×{decoded.Height} pixels instead of {Pixels}×{labels.Length}");
        }

        byte[] records = new byte[labels.Length * CifarReader.RecordLength];
        for (int image = 0; image < labels.Length; image++)
        {
            Span<byte> record = records.AsSpan(image * CifarReader.RecordLength, CifarReader.RecordLength);
            record[0] = labels[image];
            ToPlanes(decoded.Data.AsSpan(image * Pixels * Channels, Pixels * Channels), record[1..]);
        }

        return records;
    }

    private static ImageResult Decode(byte[] picture)
    {
        try
        {
            return ImageResult.FromMemory(picture, ColorComponents.RedGreenBlue);
        }
        catch (Exception error) when (error is InvalidOperationException or IndexOutOfRangeException or ArgumentException)
        {
            throw new FetchException($"a picture is damaged ({error.Message.TrimEnd('.')}); try again", error);
        }
    }

    private static void ToPlanes(ReadOnlySpan<byte> image, Span<byte> planes)
    {
        for (int channel = 0; channel < Channels; channel++)
        {
            for (int pixel = 0; pixel < Pixels; pixel++)
            {
                planes[(channel * Pixels) + pixel] = image[(pixel * Channels) + channel];
            }
        }
    }
}
