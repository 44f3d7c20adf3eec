using System.Buffers.Binary;
using System.IO.Compression;
using Msr.Core.Data;
using Msr.Core.Numerics;

namespace PropertyTests.Data;

/// <summary>Small sound files and data sets, drawn from keyed streams.</summary>
internal static class Samples
{
    internal static byte[] Bytes(string name, int count, int below = 256)
    {
        RandomStream stream = new RandomStream(2024).Split(name);
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)stream.Below((ulong)i, below);
        }

        return bytes;
    }

    internal static byte[] IdxImages(int count, int height, int width) =>
        [.. BigEndian(2051), .. BigEndian(count), .. BigEndian(height), .. BigEndian(width), .. Bytes("pixels", count * height * width)];

    internal static byte[] IdxLabels(int count, int classes = 10) =>
        [.. BigEndian(2049), .. BigEndian(count), .. Bytes("labels", count, classes)];

    internal static byte[] Cifar(int count)
    {
        byte[] file = Bytes("cifar", count * CifarReader.RecordLength);
        for (int record = 0; record < count; record++)
        {
            file[record * CifarReader.RecordLength] %= 10;
        }

        return file;
    }

    internal static byte[] Gzip(byte[] content)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    internal static ImageDataset Dataset(int count, int height = 5, int width = 6, int channels = 3) => new(
        "sample",
        new Shape(height, width, channels),
        10,
        Bytes("dataset", count * height * width * channels),
        Bytes("classes", count, 10));

    internal static byte[] BigEndian(long value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        return bytes;
    }

    internal static byte[] With(this byte[] file, int offset, params byte[] bytes)
    {
        byte[] copy = [.. file];
        bytes.CopyTo(copy, offset);
        return copy;
    }
}
