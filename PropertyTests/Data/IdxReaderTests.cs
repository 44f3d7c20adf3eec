using System.Buffers.Binary;
using Msr.Core.Data;
using Msr.Core.Numerics;
using static PropertyTests.Data.Samples;

namespace PropertyTests.Data;

public class IdxReaderTests
{
    private static readonly byte[] s_images = IdxImages(12, 9, 7);
    private static readonly byte[] s_labels = IdxLabels(12);

    [Fact]
    public void A_sound_pair_of_files_is_read_as_it_is()
    {
        ImageDataset read = Read(s_images, s_labels);
        Assert.Equal((12, new Shape(9, 7, 1), 10), (read.Count, read.Image, read.Classes));
        Assert.Equal(s_images.AsSpan(16), read.Pixels);
        Assert.Equal(s_labels.AsSpan(8), read.Labels);
    }

    [Fact]
    public void Gzip_makes_no_difference() =>
        Assert.Equal(Read(s_images, s_labels).Checksum, Read(Gzip(s_images), Gzip(s_labels)).Checksum);

    [Fact]
    public void Without_a_number_of_classes_the_largest_label_gives_it()
    {
        ImageDataset read = IdxReader.Read(
            DataFile.InMemory("i", IdxImages(3, 2, 2)), DataFile.InMemory("l", [.. BigEndian(2049), .. BigEndian(3), 4, 0, 1]), "x");
        Assert.Equal(5, read.Classes);
    }

    [Fact]
    public void An_empty_file_is_named() => Complains([], s_labels, "images.idx, byte 0: the file is empty; fetch it again.");

    [Fact]
    public void Swapped_files_are_called_swapped()
    {
        Complains(s_labels, s_images, "images.idx, byte 0: the idx magic 2049 says labels where images (2051) belong:", "are swapped; exchange them.");
        Complains(s_images, s_images, "labels.idx, byte 0: the idx magic 2051 says images where labels (2049) belong:", "are swapped; exchange them.");
    }

    [Fact]
    public void A_foreign_magic_is_no_idx_file() =>
        Complains(s_images.With(0, 0x89, (byte)'P', (byte)'N', (byte)'G'), s_labels, "images.idx, byte 0: the idx magic is 2303741511", "not an idx file");

    [Fact]
    public void A_cut_header_is_cut_off()
    {
        Complains(s_images[..15], s_labels, "images.idx, byte 15: the content ends inside the 16-byte idx header; the file is cut off");
        Complains(s_images, s_labels[..7], "labels.idx, byte 7: the content ends inside the 8-byte idx header; the file is cut off");
    }

    [Theory]
    [InlineData(4, "number of images")]
    [InlineData(8, "height")]
    [InlineData(12, "width")]
    public void An_extent_of_zero_or_beyond_31_bits_is_refused(int offset, string what)
    {
        Complains(s_images.With(offset, BigEndian(0)), s_labels, $"images.idx, byte {offset}: the {what} is 0, which no data set has");
        Complains(s_images.With(offset, BigEndian(0x80000000)), s_labels, $"images.idx, byte {offset}: the {what} is 2147483648, which no");
    }

    [Fact]
    public void Extents_whose_product_overflows_64_bits_are_refused()
    {
        byte[] huge = s_images.With(4, BigEndian(int.MaxValue)).With(8, BigEndian(int.MaxValue)).With(12, BigEndian(int.MaxValue));
        Complains(huge, s_labels, "images.idx, byte 4: the header declares 2147483647 images of 2147483647×2147483647,", "more than one array holds");
    }

    [Fact]
    public void A_file_shorter_or_longer_than_its_header_says_is_refused_before_reading()
    {
        Complains(s_images[..^1], s_labels, "images.idx, byte 771: the header declares 12 images of 9×7, 772 bytes", "has 771; the file is cut off");
        Complains([.. s_images, 0], s_labels, "images.idx, byte 772: the header declares 12 images of 9×7,", "has 773; the file is too long");
        Complains(s_images, s_labels[..^2], "labels.idx, byte 18: the header declares 12 labels, 20 bytes", "has 18; the file is cut off");
        Complains(s_images, [.. s_labels, 1], "labels.idx, byte 20: the header declares 12 labels,", "has 21; the file is too long");
    }

    [Fact]
    public void A_label_that_is_no_class_is_found_with_its_offset() =>
        Complains(s_images, s_labels.With(8 + 5, 10), "labels.idx, byte 13: label 10 is outside 0 to 9; the file is corrupt or of another data set.");

    [Fact]
    public void Another_number_of_labels_than_images_is_refused() =>
        Complains(s_images, IdxLabels(11), "labels.idx, byte 4: labels.idx declares 11 labels for the 12 images of images.idx;", "belong together.");

    [Fact]
    public void A_gzip_file_cut_anywhere_is_refused()
    {
        byte[] packed = Gzip(s_images);
        for (int length = 0; length < packed.Length; length++)
        {
            DataException error = Assert.Throws<DataException>(() => Read(packed[..length], s_labels));
            Assert.Equal(DataProblem.Malformed, error.Problem);
        }
    }

    [Fact]
    public void A_damaged_gzip_checksum_is_found()
    {
        byte[] packed = Gzip(s_images);
        packed[^5] ^= 1;
        Complains(packed, s_labels, "images.idx, byte 16: the gzip data are damaged after this byte of the content;");
    }

    [Fact]
    public void Bytes_after_the_gzip_data_are_refused() => Complains([.. Gzip(s_images), 1, 2, 3, 4], s_labels, "images.idx, byte 0: the gzip trailer");

    [Fact]
    public void A_gzip_trailer_beyond_what_deflate_can_hold_is_refused_without_allocating_it()
    {
        // Header and trailer agree on 1.5 GB, but 64 KiB of deflate data cannot hold more than 64 MiB.
        byte[] content = IdxImages(1000, 8, 8).With(4, BigEndian(1_500_000)).With(8, BigEndian(10)).With(12, BigEndian(100));
        byte[] packed = Gzip(content);
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(packed.Length - 4), 1_500_000_016);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Complains(packed, s_labels, "images.idx, byte 0: the gzip trailer claims 1500000016 bytes of content, more than");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_missing_file_is_missing_and_not_malformed()
    {
        DataException error = Assert.Throws<DataException>(
            () => IdxReader.Read(DataFile.OnDisk("/nowhere/images"), DataFile.InMemory("l", s_labels), "x"));
        Assert.Equal(DataProblem.Missing, error.Problem);
        Assert.Equal("/nowhere/images does not exist; check the name, or fetch the data set again.", error.Message);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_unreadable()
    {
        using TemporaryFolder folder = new();
        DataException error = Assert.Throws<DataException>(
            () => IdxReader.Read(DataFile.OnDisk(folder.Path), DataFile.InMemory("l", s_labels), "x"));
        Assert.Equal(DataProblem.Unreadable, error.Problem);
        Assert.Contains("check the permissions and the disk.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_sum_than_expected_names_both_and_what_the_file_really_is()
    {
        using TemporaryFolder folder = new();
        string md5 = KnownDataset.FashionMnist.Files[0].Md5;
        DataFile images = DataFile.InMemory("images.idx", s_images, md5);
        DataException error = Assert.Throws<DataException>(() => IdxReader.Read(images, DataFile.InMemory("l", s_labels), "x"));
        Assert.Equal(DataProblem.Malformed, error.Problem);
        Assert.StartsWith("images.idx: the MD5 sum of the content is ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($", but it should be {md5}; fetch the file again.", error.Message, StringComparison.Ordinal);
    }

    private static ImageDataset Read(byte[] images, byte[] labels) =>
        IdxReader.Read(DataFile.InMemory("images.idx", images), DataFile.InMemory("labels.idx", labels), "sample", 10);

    private static void Complains(byte[] images, byte[] labels, string start, string end = "")
    {
        DataException error = Assert.Throws<DataException>(() => Read(images, labels));
        Assert.Equal(DataProblem.Malformed, error.Problem);
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
        Assert.Contains(end, error.Message, StringComparison.Ordinal);
        Assert.Equal(error.ByteOffset, long.Parse(start.Split(["byte ", ":"], StringSplitOptions.None)[1]));
    }
}
