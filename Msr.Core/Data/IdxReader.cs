using System.Buffers.Binary;
using System.Collections.Immutable;
using Msr.Core.Numerics;

namespace Msr.Core.Data;

/// <summary>
/// Reads images and labels in the idx format of MNIST, plain or in gzip. Images: magic 2051, count, height, width, then the pixels, one
/// byte each, row by row. Labels: magic 2049, count, then one byte each. All header numbers are 32 bits, big-endian.
/// </summary>
/// <remarks>
/// Magic, extents and sizes are checked against the length of the file before anything is allocated, so a damaged header cannot ask for
/// more memory than the file accounts for. Source of the format: Y. LeCun, C. Cortes, C. Burges, <i>The MNIST database</i>.
/// </remarks>
public static class IdxReader
{
    /// <summary>The first four bytes of a file of images: unsigned bytes, three extents.</summary>
    public const int ImagesMagic = 2051;

    /// <summary>The first four bytes of a file of labels: unsigned bytes, one extent.</summary>
    public const int LabelsMagic = 2049;

    private const int ImagesHeader = 16;
    private const int LabelsHeader = 8;

    /// <summary>Reads a data set of grey images, [H, W, 1].</summary>
    /// <param name="images">The file of images.</param>
    /// <param name="labels">The file of labels.</param>
    /// <param name="name">The name of the data set.</param>
    /// <param name="classes">The number of classes; null for the largest label plus one.</param>
    /// <param name="classNames">The name of each class, or nothing.</param>
    /// <exception cref="DataException">A file is missing, unreadable or malformed, the two are swapped, or their counts differ.</exception>
    public static ImageDataset Read(
        DataFile images, DataFile labels, string name, int? classes = null, ImmutableArray<string> classNames = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        (Shape image, byte[] pixels) = ReadImages(images);
        byte[] read = ReadLabels(labels, classes);
        long count = pixels.LongLength / image.Length;
        if (count != read.Length)
        {
            string counts = $"{labels.Name} declares {read.Length} labels for the {count} images of {images.Name}";
            throw new DataException(DataProblem.Malformed, labels.Name, 4, $"{counts}; the two files must belong together");
        }

        return new ImageDataset(name, image, classes ?? (read.Max() + 1), pixels, read, classNames);
    }

    private static (Shape Image, byte[] Pixels) ReadImages(DataFile file)
    {
        using ContentReader content = file.Open();
        Span<byte> header = stackalloc byte[ImagesHeader];
        ReadHeader(content, header, ImagesMagic);
        uint count = Extent(content, header, 4, "number of images");
        uint height = Extent(content, header, 8, "height");
        uint width = Extent(content, header, 12, "width");

        // Each factor is below 2³², so the product needs 96 bits.
        UInt128 declared = (UInt128)count * height * width;
        ExpectLength(content, ImagesHeader, declared, $"{count} images of {height}×{width}");
        byte[] pixels = new byte[(int)declared];
        content.Read(pixels);
        content.Finish();
        return (new Shape((int)height, (int)width, 1), pixels);
    }

    private static byte[] ReadLabels(DataFile file, int? classes)
    {
        using ContentReader content = file.Open();
        Span<byte> header = stackalloc byte[LabelsHeader];
        ReadHeader(content, header, LabelsMagic);
        uint count = Extent(content, header, 4, "number of labels");
        ExpectLength(content, LabelsHeader, count, $"{count} labels");
        byte[] labels = new byte[count];
        content.Read(labels);
        content.Finish();
        int bad = classes is { } bound and < 256 ? labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(bound - 1)) : -1;
        return bad < 0
            ? labels
            : throw content.Malformed(
                LabelsHeader + bad, $"label {labels[bad]} is outside 0 to {classes - 1}; the file is corrupt or of another data set");
    }

    private static void ReadHeader(ContentReader content, Span<byte> header, int magic)
    {
        if (content.Length < header.Length)
        {
            throw content.Malformed(
                content.Length, $"the content ends inside the {header.Length}-byte idx header; the file is cut off, fetch it again");
        }

        content.Read(header);
        uint found = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (found == magic)
        {
            return;
        }

        string belongs = magic == ImagesMagic ? "images (2051)" : "labels (2049)";
        const string Swapped = "the files of images and labels are swapped; exchange them";
        throw content.Malformed(0, found switch
        {
            ImagesMagic => $"the idx magic 2051 says images where {belongs} belong: {Swapped}",
            LabelsMagic => $"the idx magic 2049 says labels where {belongs} belong: {Swapped}",
            _ => $"the idx magic is {found} where {belongs} belong; this is not an idx file of unsigned bytes, or it is corrupt",
        });
    }

    private static uint Extent(ContentReader content, ReadOnlySpan<byte> header, int at, string what)
    {
        uint extent = BinaryPrimitives.ReadUInt32BigEndian(header[at..]);
        return extent is > 0 and <= int.MaxValue
            ? extent
            : throw content.Malformed(at, $"the {what} is {extent}, which no data set has; the header is corrupt, fetch the file again");
    }

    private static void ExpectLength(ContentReader content, int header, UInt128 declared, string what)
    {
        if (declared > (UInt128)Array.MaxLength)
        {
            throw content.Malformed(4, $"the header declares {what}, {declared} bytes, more than one array holds; use fewer images");
        }

        long expected = header + (long)declared;
        if (content.Length != expected)
        {
            string state = content.Length < expected ? "cut off" : "too long";
            throw content.Malformed(
                Math.Min(content.Length, expected),
                $"the header declares {what}, {expected} bytes with the header, but the content has {content.Length}; "
                + $"the file is {state} or its header corrupt, fetch it again");
        }
    }
}
