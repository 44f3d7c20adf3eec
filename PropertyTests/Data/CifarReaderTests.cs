using Msr.Core.Data;
using Msr.Core.Numerics;
using static PropertyTests.Data.Samples;

namespace PropertyTests.Data;

public class CifarReaderTests
{
    private static readonly byte[] s_file = Cifar(3);

    [Fact]
    public void Planes_become_channels_last()
    {
        ImageDataset read = Read(s_file, s_file);
        Assert.Equal((6, new Shape(32, 32, 3), 10), (read.Count, read.Image, read.Classes));
        for (int image = 0; image < 6; image++)
        {
            ReadOnlySpan<byte> record = s_file.AsSpan(image % 3 * 3073, 3073);
            Assert.Equal(record[0], read.Labels[image]);
            for (int pixel = 0; pixel < 3072; pixel++)
            {
                (int place, int channel) = Math.DivRem(pixel, 3);
                Assert.Equal(record[1 + (1024 * channel) + place], read.PixelsOf(image)[pixel]);
            }
        }
    }

    [Fact]
    public void Gzip_makes_no_difference() => Assert.Equal(Read(s_file).Checksum, Read(Gzip(s_file)).Checksum);

    [Fact]
    public void A_part_of_a_record_is_refused()
    {
        Complains("batch0.bin, byte 6146: the content has 9218 bytes, which is no whole number of 3073-byte records;", s_file[..^1]);
        Complains("batch1.bin, byte 9219: the content has 9220 bytes, which is no whole number of 3073-byte records;", s_file, [.. s_file, 7]);
        Complains("batch0.bin, byte 0: the file is empty;", [[]]);
    }

    [Fact]
    public void A_label_that_is_no_class_is_found_with_its_offset() =>
        Complains("batch0.bin, byte 6146: label 10 of record 2 is outside 0 to 9; the file is corrupt, fetch it again.", s_file.With(6146, 10));

    private static ImageDataset Read(params byte[][] files) =>
        CifarReader.Read([.. files.Select((file, index) => DataFile.InMemory($"batch{index}.bin", file))], "sample");

    private static void Complains(string start, params byte[][] files)
    {
        DataException error = Assert.Throws<DataException>(() => Read(files));
        Assert.Equal(DataProblem.Malformed, error.Problem);
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
    }
}
