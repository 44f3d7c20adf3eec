using System.Text;
using Msr.Core.Checkpoints;
using Msr.Core.Numerics;

namespace PropertyTests.Checkpoints;

public class CheckpointFormatTests
{
    private static readonly KeyValuePair<string, Shape>[] Model =
    [
        new("stem.weight", new Shape(4, 3, 3, 3)), new("stem.scale", new Shape(4)), new("fc.weight", new Shape(10, 4)),
    ];

    [Fact]
    public void Another_version_of_the_format_is_refused_with_what_this_program_reads() =>
        AssertRefused(
            Changed("format", "msr-checkpoint/2"),
            CheckpointFault.Unsupported,
            "metadata 'format' is 'msr-checkpoint/2', and this program reads msr-checkpoint/1; use the version of Msr that wrote it.");

    [Theory]
    [InlineData("model")]
    [InlineData("method")]
    [InlineData("seed")]
    [InlineData("step")]
    [InlineData("epoch")]
    [InlineData("batchInEpoch")]
    [InlineData("config")]
    public void A_checkpoint_of_ours_without_one_of_its_facts_is_refused(string key) =>
        AssertRefused(Changed(key, null), CheckpointFault.Malformed, $"metadata '{key}' is missing");

    [Theory]
    [InlineData("seed", "-1")]
    [InlineData("seed", "18446744073709551616")]
    [InlineData("step", "1e3")]
    [InlineData("step", "-1")]
    [InlineData("step", "")]
    [InlineData("epoch", "2147483648")]
    [InlineData("batchInEpoch", " 1")]
    public void A_number_that_is_none_is_refused(string key, string text) =>
        AssertRefused(Changed(key, text), CheckpointFault.Malformed, $"metadata '{key}' is '{text}', not a whole number");

    [Fact]
    public void A_scalar_that_is_no_number_is_refused() =>
        AssertRefused(Changed("scalar/x", "1,5"), CheckpointFault.Malformed, "metadata 'scalar/x' is '1,5', not a number");

    [Fact]
    public void Weights_of_another_program_load_without_state_whatever_their_names()
    {
        TensorSet tensors = new(CheckpointTensor.Of<float>("optimizer/w", [1], _ => { }), CheckpointTensor.Of<float>("w", [1], _ => { }));
        using MemoryStream stream = new();
        SafetensorsWriter.Write(stream, new SafetensorsFile([new("format", "pt"), new("step", "not ours")], tensors));
        Checkpoint loaded = CheckpointSamples.Load(stream.ToArray());
        Assert.True(loaded.IsForeign);
        Assert.Equal(["optimizer/w", "w"], loaded.Parameters.Select(tensor => tensor.Name), StringComparer.Ordinal);
        Assert.Empty(loaded.OptimizerState);
    }

    [Fact]
    public void The_header_is_the_documented_one()
    {
        byte[] bytes = CheckpointSamples.Bytes(CheckpointSamples.Small);
        const string Start = """{"__metadata__":{"format":"msr-checkpoint/1","model":"resnet20","method":"msr",""";
        Assert.Equal(Start, Encoding.UTF8.GetString(bytes, 8, Start.Length));

        using MemoryStream stream = new(bytes);
        SafetensorsFile file = SafetensorsReader.Read(stream, stream.Length, "sample");
        Assert.Equal(
            ["format", "model", "method", "seed", "step", "epoch", "batchInEpoch", "config", "scalar/maxSliceMeanRatio"],
            file.Metadata.Keys,
            StringComparer.Ordinal);
        Assert.Equal(
            ["stem.weight", "stem.scale", "fc.weight", "optimizer/stem.weight", "optimizer/count"],
            file.Tensors.Select(tensor => tensor.Name),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Parameters_of_the_model_are_accepted_in_any_order() =>
        CheckpointSamples.Small.RequireParameters("resnet20", Model.Reverse());

    [Fact]
    public void Parameters_of_another_model_are_refused_by_name_and_shape()
    {
        AssertMismatch(
            Model.Append(new("fc.bias", new Shape(10))),
            "has no parameter 'fc.bias', which the model resnet32 needs with shape [10]");
        AssertMismatch(Model.SkipLast(1), "has a parameter 'fc.weight' F64 [10, 4], which the model resnet32 does not have");
        AssertMismatch(
            Model.SkipLast(1).Append(new("fc.weight", new Shape(4, 10))),
            "parameter 'fc.weight' has shape [10, 4], and the model resnet32 needs [4, 10]; it was written for resnet20, name that model.");
    }

    private static void AssertMismatch(IEnumerable<KeyValuePair<string, Shape>> model, string message)
    {
        CheckpointException refusal = Assert.Throws<CheckpointException>(
            () => CheckpointSamples.Small.RequireParameters("resnet32", model));
        Assert.Equal(CheckpointFault.Mismatch, refusal.Fault);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The small checkpoint with one fact changed, or without it.</summary>
    private static byte[] Changed(string key, string? text)
    {
        using MemoryStream stream = new(CheckpointSamples.Bytes(CheckpointSamples.Small));
        SafetensorsFile file = SafetensorsReader.Read(stream, stream.Length, "sample");
        OrderedDictionary<string, string> metadata = new(file.Metadata, StringComparer.Ordinal);
        if (text is null)
        {
            metadata.Remove(key);
        }
        else
        {
            metadata[key] = text;
        }

        using MemoryStream changed = new();
        SafetensorsWriter.Write(changed, new SafetensorsFile(metadata, file.Tensors));
        return changed.ToArray();
    }

    private static void AssertRefused(byte[] file, CheckpointFault fault, string message)
    {
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => CheckpointSamples.Load(file));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(fault, refusal.Fault);
    }
}
