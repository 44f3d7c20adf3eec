using System.Collections.Immutable;
using Msr.Core.Numerics;

namespace Msr.Core.Data;

/// <summary>
/// Reads the binary version of CIFAR-10: records of 3,073 bytes, one label from 0 to 9 and the red, green and blue planes of a 32×32 image,
/// row by row. The planes [C, H, W] become channels last, [H, W, C].
/// </summary>
/// <remarks>Source: A. Krizhevsky, <i>Learning multiple layers of features from tiny images</i>, 2009.</remarks>
public static class CifarReader
{
    /// <summary>The length of a record: a label and 32·32·3 bytes of image.</summary>
    public const int RecordLength = 1 + ImageLength;

    private const int Side = 32;
    private const int Channels = 3;
    private const int PlaneLength = Side * Side;
    private const int ImageLength = PlaneLength * Channels;
    private const int Classes = 10;

    /// <summary>Reads the records of one or more files, in order.</summary>
    /// <param name="files">The files.</param>
    /// <param name="name">The name of the data set.</param>
    /// <param name="classNames">The name of each class, or nothing.</param>
    /// <exception cref="DataException">A file is missing, unreadable or malformed.</exception>
    public static ImageDataset Read(IReadOnlyList<DataFile> files, string name, ImmutableArray<string> classNames = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0)
        {
            throw new ArgumentException("Give at least one file.", nameof(files));
        }

        int[] counts = [.. files.Select(CountRecords)];
        long total = counts.Sum(count => (long)count);
        if (total * ImageLength > Array.MaxLength)
        {
            throw new DataException(DataProblem.Malformed, $"{name}: {total} images are more than one array holds; use fewer files.");
        }

        byte[] pixels = new byte[total * ImageLength];
        byte[] labels = new byte[total];
        int first = 0;
        for (int file = 0; file < files.Count; file++)
        {
            int count = counts[file];
            ReadRecords(files[file], pixels.AsSpan(first * ImageLength, count * ImageLength), labels.AsSpan(first, count));
            first += count;
        }

        return new ImageDataset(name, new Shape(Side, Side, Channels), Classes, pixels, labels, classNames);
    }

    private static int CountRecords(DataFile file)
    {
        using ContentReader content = file.Open();
        (long count, long rest) = Math.DivRem(content.Length, RecordLength);
        if (count is 0 or > int.MaxValue || rest != 0)
        {
            throw content.Malformed(
                content.Length - rest,
                $"the content has {content.Length} bytes, which is no whole number of {RecordLength}-byte records; "
                + "the file is cut off, too long or not CIFAR-10's binary version, fetch it again");
        }

        return (int)count;
    }

    private static void ReadRecords(DataFile file, Span<byte> pixels, Span<byte> labels)
    {
        using ContentReader content = file.Open();
        byte[] record = new byte[RecordLength];
        for (int index = 0; index < labels.Length; index++)
        {
            content.Read(record);
            byte label = record[0];
            if (label >= Classes)
            {
                string complaint = $"label {label} of record {index} is outside 0 to {Classes - 1}; the file is corrupt, fetch it again";
                throw content.Malformed((long)index * RecordLength, complaint);
            }

            labels[index] = label;
            Interleave(record.AsSpan(1), pixels.Slice(index * ImageLength, ImageLength));
        }

        content.Finish();
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> image)
    {
        ReadOnlySpan<byte> red = planes[..PlaneLength];
        ReadOnlySpan<byte> green = planes.Slice(PlaneLength, PlaneLength);
        ReadOnlySpan<byte> blue = planes.Slice(2 * PlaneLength, PlaneLength);
        for (int pixel = 0; pixel < red.Length; pixel++)
        {
            image[3 * pixel] = red[pixel];
            image[(3 * pixel) + 1] = green[pixel];
            image[(3 * pixel) + 2] = blue[pixel];
        }
    }
}
