using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Msr.Core.Checkpoints;

namespace PropertyTests.Checkpoints;

/// <summary>Checkpoints for the tests: drawn ones, a fixed one, and files put together by hand.</summary>
internal static class CheckpointSamples
{
    private static readonly string[] Texts =
    [
        "", "weight", "stage2.block1.body.conv1.weight", "größe", "重み",
        "😀/𝒘", "a\"b\\c", "line\nbreak\t\0", "<&'+>", "\u2028\ufeff", "scalar/",
    ];

    private static readonly double[] Scalars =
        [0, -0.0, double.Epsilon, 1.0 / 3, double.MaxValue, double.NegativeInfinity, double.PositiveInfinity, double.NaN, 0.1 + 0.2];

    /// <summary>The bits of the numbers that get lost first: zeros, denormals, infinities, NaNs with and without payload.</summary>
    internal static uint[] Singles { get; } =
    [
        0, 0x80000000, 1, 0x80000001, 0x007FFFFF, 0x7F800000, 0xFF800000,
        0x7FC00000, 0xFFC00001, 0x7FA12345, 0x3F800000, 0x7F7FFFFF,
    ];

    /// <summary>Any checkpoint: any bits, ranks 0 to 4, empty extents, names in any script.</summary>
    internal static Arbitrary<Checkpoint> Any { get; } = Arb.From(Checkpoints(), Smaller);

    /// <summary>A checkpoint of a small net, with both kinds of state.</summary>
    internal static Checkpoint Small { get; } = new()
    {
        Step = 1234,
        Epoch = 3,
        BatchInEpoch = 34,
        Seed = ulong.MaxValue,
        Model = "resnet20",
        Method = "msr",
        Config = """{"lr":0.1,"exclude":["fc.*"]}""",
        Scalars = new Dictionary<string, double>(StringComparer.Ordinal) { ["maxSliceMeanRatio"] = 1.0 / 3 },
        Parameters = new TensorSet(
            CheckpointTensor.Of<float>("stem.weight", [4, 3, 3, 3], values => Ramp(values)),
            CheckpointTensor.Of<float>("stem.scale", [4], values => values.Fill(1.5f)),
            CheckpointTensor.Of<double>("fc.weight", [10, 4], values => values.Fill(-0.25))),
        OptimizerState = new TensorSet(
            CheckpointTensor.Of<float>("stem.weight", [4, 3, 3, 3], values => values.Fill(float.NaN)),
            CheckpointTensor.Of<long>("count", [], values => values[0] = 1234)),
    };

    internal static byte[] Bytes(Checkpoint checkpoint)
    {
        using MemoryStream stream = new();
        CheckpointStore.Save(stream, checkpoint);
        return stream.ToArray();
    }

    internal static Checkpoint Load(byte[] file)
    {
        using MemoryStream stream = new(file, writable: false);
        return CheckpointStore.Load(stream, file.Length, "sample");
    }

    /// <summary>A file as the format has it, with any text as its header.</summary>
    internal static byte[] FileOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        byte[] file = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file.AsSpan(8));
        data.CopyTo(file.AsSpan(8 + header.Length));
        return file;
    }

    internal static byte[] FileOf(string header, int dataLength) => FileOf(Encoding.UTF8.GetBytes(header), new byte[dataLength]);

    internal static int DataStart(ReadOnlySpan<byte> file) => 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);

    internal static byte[] BytesOf(CheckpointTensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteLength];
        tensor.CopyBytesTo(bytes);
        return bytes;
    }

    internal static void AssertSame(TensorSet expected, TensorSet actual)
    {
        Assert.Equal(expected.Select(tensor => tensor.Name), actual.Select(tensor => tensor.Name), StringComparer.Ordinal);
        foreach ((CheckpointTensor left, CheckpointTensor right) in expected.Zip(actual))
        {
            Assert.Equal(left.Dtype, right.Dtype);
            Assert.Equal(left.Shape.AsEnumerable(), right.Shape.AsEnumerable());
            Assert.Equal(BytesOf(left), BytesOf(right));
        }
    }

    internal static void AssertSame(Checkpoint expected, Checkpoint actual)
    {
        Assert.Equal((expected.Step, expected.Epoch, expected.BatchInEpoch), (actual.Step, actual.Epoch, actual.BatchInEpoch));
        Assert.Equal((expected.Seed, expected.IsForeign), (actual.Seed, actual.IsForeign));
        Assert.Equal((expected.Model, expected.Method, expected.Config), (actual.Model, actual.Method, actual.Config));
        Assert.Equal(expected.Scalars.Keys, actual.Scalars.Keys, StringComparer.Ordinal);
        Assert.Equal(expected.Scalars.Values.Select(Bits), actual.Scalars.Values.Select(Bits));
        AssertSame(expected.Parameters, actual.Parameters);
        AssertSame(expected.OptimizerState, actual.OptimizerState);
    }

    // Which NaN it was is not promised, that it was one is.
    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);

    private static void Ramp(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i / 7f;
        }
    }

    private static Gen<Checkpoint> Checkpoints() =>
        from step in Gen.Choose(0, int.MaxValue)
        from epoch in Gen.Choose(0, 300)
        from batch in Gen.Choose(0, 1000)
        from seed in Gen.Choose(int.MinValue, int.MaxValue)
        from texts in Text().ArrayOf(3)
        from scalars in Gen.Zip(Text(), Gen.Elements(Scalars), (name, value) => (name, value)).ListOf()
        from parameters in Tensors()
        from state in Tensors()
        select new Checkpoint
        {
            Step = step * 4_000_000_000L,
            Epoch = epoch,
            BatchInEpoch = batch,
            Seed = (ulong)seed,
            Model = texts[0],
            Method = texts[1],
            Config = texts[2],
            Scalars = Distinct(scalars),
            Parameters = parameters,
            OptimizerState = state,
        };

    private static OrderedDictionary<string, double> Distinct(IEnumerable<(string Name, double Value)> scalars)
    {
        OrderedDictionary<string, double> distinct = new(StringComparer.Ordinal);
        foreach ((string name, double value) in scalars)
        {
            distinct[name] = value;
        }

        return distinct;
    }

    private static Gen<TensorSet> Tensors() =>
        Tensor().ListOf().Select(tensors => new TensorSet(tensors.DistinctBy(tensor => tensor.Name, StringComparer.Ordinal)));

    private static Gen<CheckpointTensor> Tensor() =>
        from name in Text()
        from dtype in Gen.Elements(Enum.GetValues<SafetensorsDtype>())
        from rank in Gen.Choose(0, 4)
        from shape in Gen.Choose(0, 4).ArrayOf(rank)
        let length = shape.Aggregate(1, (product, extent) => product * extent)
        from words in Word().ArrayOf(2 * length)
        select CheckpointTensor.FromBytes(
            name,
            dtype,
            [.. shape.Select(extent => (long)extent)],
            MemoryMarshal.AsBytes(words.AsSpan())[..(length * Size(dtype))].ToArray());

    private static Gen<uint> Word() => Gen.OneOf(Gen.Elements(Singles), Gen.Choose(int.MinValue, int.MaxValue).Select(word => (uint)word));

    private static Gen<string> Text() =>
        Gen.OneOf(Gen.Elements(Texts), from left in Gen.Elements(Texts) from right in Gen.Choose(0, 99) select $"{left}.{right}");

    private static int Size(SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F64 or SafetensorsDtype.I64 => 8,
        SafetensorsDtype.U8 => 1,
        _ => 4,
    };

    private static IEnumerable<Checkpoint> Smaller(Checkpoint checkpoint)
    {
        foreach (CheckpointTensor dropped in checkpoint.Parameters)
        {
            yield return Copy(checkpoint, checkpoint.Parameters.Where(tensor => tensor != dropped), checkpoint.OptimizerState);
        }

        foreach (CheckpointTensor dropped in checkpoint.OptimizerState)
        {
            yield return Copy(checkpoint, checkpoint.Parameters, checkpoint.OptimizerState.Where(tensor => tensor != dropped));
        }
    }

    private static Checkpoint Copy(Checkpoint from, IEnumerable<CheckpointTensor> parameters, IEnumerable<CheckpointTensor> state) => new()
    {
        Step = from.Step,
        Epoch = from.Epoch,
        BatchInEpoch = from.BatchInEpoch,
        Seed = from.Seed,
        Model = from.Model,
        Method = from.Method,
        Config = from.Config,
        Scalars = from.Scalars,
        Parameters = new TensorSet(parameters),
        OptimizerState = new TensorSet(state),
    };
}
