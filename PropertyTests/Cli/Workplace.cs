using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Msr.Core.Checkpoints;

namespace PropertyTests.Cli;

/// <summary>A folder with a small data set, "stripes": 64 + 16 grey images of 8x8 pixels, striped across or down. It lives as long as a test.</summary>
internal sealed class Workplace : IDisposable
{
    /// <summary>A run of a second or so.</summary>
    internal const string Small = "train --data stripes --model resnet8 --width 2 --batch 16 --epochs 4";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("msr-cli-");

    internal Workplace()
    {
        Directory.CreateDirectory(File("stripes"));
        Write("train", 64);
        Write("t10k", 16);
    }

    internal string Folder => _directory.FullName;

    internal string File(string name) => Path.Combine(Folder, name);

    internal ProgramResult Run(string arguments) => MsrProgram.Run(Folder, arguments);

    internal MsrProgram Start(string arguments) => MsrProgram.Start(Folder, arguments);

    internal JsonObject Json(string name) => JsonNode.Parse(System.IO.File.ReadAllText(File(name)))!.AsObject();

    internal JsonObject[] Metrics(string run) =>
        [.. System.IO.File.ReadLines(File($"{run}/metrics.jsonl")).Select(static line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>Asserts that two runs ended at the same bits and tell the same story, but for their speed.</summary>
    internal void MustBeTheSame(string run, string other)
    {
        Checkpoint left = CheckpointStore.Load(File($"{run}/last.safetensors"));
        Checkpoint right = CheckpointStore.Load(File($"{other}/last.safetensors"));
        Assert.Equal((left.Step, left.Epoch, left.BatchInEpoch), (right.Step, right.Epoch, right.BatchInEpoch));
        Assert.Equal(left.Scalars["maxSliceMeanRatio"], right.Scalars["maxSliceMeanRatio"]);
        MustBeTheSame(left.Parameters, right.Parameters);
        MustBeTheSame(left.OptimizerState, right.OptimizerState);
        Assert.Equal(Metrics(run).Select(WithoutSpeed), Metrics(other).Select(WithoutSpeed));
    }

    internal static void MustBeTheSame(TensorSet left, TensorSet right)
    {
        Assert.NotEmpty(left);
        Assert.Equal(left.Select(static t => t.ToString()), right.Select(static t => t.ToString()));
        Assert.All(left.Zip(right), static pair => Assert.Equal(Bytes(pair.First), Bytes(pair.Second)));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static string WithoutSpeed(JsonObject line)
    {
        line.Remove("imagesPerSecond");
        return line.ToJsonString();
    }

    private static byte[] Bytes(CheckpointTensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteLength];
        tensor.CopyBytesTo(bytes);
        return bytes;
    }

    private void Write(string part, int count)
    {
        byte[] images = new byte[16 + (count * 64)], labels = new byte[8 + count];
        Header(images, 0x803, count, 8, 8);
        Header(labels, 0x801, count);
        for (int i = 0; i < count * 64; i++)
        {
            int image = i / 64, row = i / 8 % 8, column = i % 8;
            labels[8 + image] = (byte)(image % 2);
            images[16 + i] = (byte)((((image % 2 == 0 ? row : column) + (image / 2)) % 4 * 60) + (i * 7919 % 30));
        }

        System.IO.File.WriteAllBytes(File($"stripes/{part}-images-idx3-ubyte"), images);
        System.IO.File.WriteAllBytes(File($"stripes/{part}-labels-idx1-ubyte"), labels);
    }

    private static void Header(byte[] file, params int[] numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 * i), numbers[i]);
        }
    }
}
