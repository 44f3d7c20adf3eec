using Msr.Core.Checkpoints;
using Msr.Core.Numerics;

namespace PropertyTests.Checkpoints;

public class CheckpointRoundTripTests
{
    [Fact]
    public void A_file_saved_by_path_holds_the_bytes_that_a_stream_gets()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("last.safetensors");
        CheckpointStore.Save(path, CheckpointSamples.Small);
        Assert.Equal(CheckpointSamples.Bytes(CheckpointSamples.Small), File.ReadAllBytes(path));
        Checkpoint loaded = CheckpointStore.Load(path);
        CheckpointSamples.AssertSame(CheckpointSamples.Small, loaded);
        Assert.Equal(path, loaded.Origin);
    }

    [Fact]
    public void Every_bit_pattern_survives_the_file()
    {
        RandomStream stream = new RandomStream(7).Split("bits");
        uint[] words = [.. CheckpointSamples.Singles, .. Enumerable.Range(0, 10_000).Select(i => stream.Word((ulong)i))];
        float[] written = [.. words.Select(BitConverter.UInt32BitsToSingle)];
        CheckpointTensor tensor = CheckpointTensor.Of<float>("w", [written.Length], values => written.CopyTo(values));
        float[] read = new float[written.Length];
        byte[] file = CheckpointSamples.Bytes(new Checkpoint { Parameters = new TensorSet(tensor) });
        CheckpointSamples.Load(file).Parameters["w"].CopyTo<float>(read);
        Assert.Equal(words, read.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Elements_are_copied_bit_for_bit_and_converted_only_on_request()
    {
        float[] values = [BitConverter.UInt32BitsToSingle(0x7FA12345), -0f, float.Epsilon, 0.1f];
        CheckpointTensor tensor = CheckpointTensor.Of<float>("w", [4], destination => values.CopyTo(destination));
        float[] copy = new float[4];
        tensor.CopyTo<float>(copy);
        Assert.Equal(values.Select(BitConverter.SingleToUInt32Bits), copy.Select(BitConverter.SingleToUInt32Bits));

        double[] wide = new double[4];
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => tensor.CopyTo<double>(wide));
        Assert.Contains("'w' F32 [4] does not hold F64", refusal.Message, StringComparison.Ordinal);
        tensor.ConvertTo<double>(wide);
        Assert.Equal(values.Select(value => (double)value), wide);
    }

    [Fact]
    public void Narrowing_rounds_to_nearest()
    {
        double[] values = [0.1, 1 + Math.Pow(2, -24), 1 + (3 * Math.Pow(2, -24)), 1e300, -1e-300];
        float[] narrow = new float[values.Length];
        CheckpointTensor.Of<double>("w", [values.Length], destination => values.CopyTo(destination)).ConvertTo<float>(narrow);
        Assert.Equal([0.1f, 1f, 1f + MathF.Pow(2, -22), float.PositiveInfinity, -0f], narrow);
    }

    [Fact]
    public void Integers_convert_to_numbers()
    {
        double[] wide = new double[2];
        CheckpointTensor.Of<long>("n", [2], destination => (destination[0], destination[1]) = (7, -8)).ConvertTo<double>(wide);
        Assert.Equal([7.0, -8.0], wide);
        CheckpointTensor.Of<int>("n", [2], destination => (destination[0], destination[1]) = (7, -8)).ConvertTo<double>(wide);
        Assert.Equal([7.0, -8.0], wide);
        CheckpointTensor.Of<byte>("n", [2], destination => (destination[0], destination[1]) = (7, 255)).ConvertTo<double>(wide);
        Assert.Equal([7.0, 255.0], wide);
    }

    [Fact]
    public void What_a_filler_leaves_out_is_zero_and_no_remnant_of_another_tensor()
    {
        TensorSet tensors = new(
            CheckpointTensor.Of<byte>("full", [8], values => values.Fill(0xAB)),
            CheckpointTensor.Of<byte>("lazy", [8], values => values[0] = 1));
        Checkpoint loaded = CheckpointSamples.Load(CheckpointSamples.Bytes(new Checkpoint { Parameters = tensors }));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0], CheckpointSamples.BytesOf(loaded.Parameters["lazy"]));
        byte[] used = [9, 9, 9, 9, 9, 9, 9, 9];
        tensors["lazy"].CopyTo<byte>(used);
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0], used);
    }

    [Fact]
    public void Saving_holds_one_tensor_at_a_time()
    {
        const int Count = 50, Length = 20_000;
        Checkpoint checkpoint = new()
        {
            Parameters = new TensorSet(Enumerable.Range(0, Count).Select(
                i => CheckpointTensor.Of<float>($"w{i}", new Shape(Length), values => values.Fill(i)))),
        };
        CheckpointStore.Save(Stream.Null, checkpoint);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointStore.Save(Stream.Null, checkpoint);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, (2 * Length * sizeof(float)) + 100_000);
    }

    [Fact]
    public void Texts_that_are_no_Unicode_are_refused_when_they_are_given()
    {
        foreach (string text in (string[])["\ud800", "w\udc00eight"])
        {
            Assert.Throws<ArgumentException>(() => CheckpointTensor.Of<float>(text, [1], _ => { }));
            Assert.Throws<ArgumentException>(() => CheckpointSamples.Bytes(new Checkpoint { Model = text }));
        }
    }

    [Fact]
    public void Names_that_would_collide_are_refused()
    {
        CheckpointTensor taken = CheckpointTensor.Of<float>("optimizer/w", [1], _ => { });
        CheckpointTensor reserved = CheckpointTensor.Of<float>("__metadata__", [1], _ => { });
        Assert.Throws<ArgumentException>(() => new TensorSet(taken, taken));
        Assert.Throws<ArgumentException>(() => CheckpointSamples.Bytes(new Checkpoint { Parameters = new TensorSet(taken) }));
        Assert.Throws<ArgumentException>(() => CheckpointSamples.Bytes(new Checkpoint { Parameters = new TensorSet(reserved) }));
    }

    [Fact]
    public void Shapes_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CheckpointTensor.Of<float>("w", [-1], _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => CheckpointTensor.Of<float>("w", [1L << 40], _ => { }));
        Assert.Throws<OverflowException>(() => CheckpointTensor.Of<float>("w", [1L << 40, 1L << 40], _ => { }));
        Assert.Throws<NotSupportedException>(() => CheckpointTensor.Of<Half>("w", [1], _ => { }));
        Assert.Throws<ArgumentException>(() => CheckpointTensor.FromBytes("w", SafetensorsDtype.F32, [2], new byte[7]));
        Assert.Throws<ArgumentException>(() => CheckpointTensor.Of<float>("w", [2], _ => { }).CopyTo<float>(new float[3]));
    }
}
