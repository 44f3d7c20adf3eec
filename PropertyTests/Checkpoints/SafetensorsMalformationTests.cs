using System.Text;
using System.Text.RegularExpressions;
using Msr.Core.Checkpoints;

namespace PropertyTests.Checkpoints;

/// <summary>Everything that can be wrong with a file, one by one: the message says what and where.</summary>
public partial class SafetensorsMalformationTests
{
    private const string A = """ "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]} """;

    public static TheoryData<string, int, string> BrokenHeaders { get; } = new()
    {
        { "", 0, "does not begin with '{' at byte 8" },
        { " {}", 0, "does not begin with '{' at byte 8" },
        { "[]", 0, "does not begin with '{' at byte 8" },
        { "{", 0, "not well-formed JSON after byte 9" },
        { "{}x", 0, "not well-formed JSON after byte 10" },
        { "{,}", 0, "not well-formed JSON after byte 9" },
        { """{"\ud800":1}""", 0, "the text at byte 9 escapes half a surrogate pair" },
        { """{"a":1}""", 0, "tensor 'a' is a number instead of an object at byte 13" },
        { """{"a":{"dtype":1}}""", 0, "dtype of tensor 'a' is a number instead of a string at byte 22" },
        { """{"a":{"dtype":"F33"}}""", 0, "dtype of tensor 'a' is 'F33', which the format does not know" },
        { """{"a":{"dtype":"F32","dtype":"F32"}}""", 0, "dtype of tensor 'a' occurs a second time at byte 28" },
        { """{"a":{"shape":[],"shape":[]}}""", 0, "shape of tensor 'a' occurs a second time at byte 25" },
        { """{"a":{"data_offsets":[0,0],"data_offsets":[0,0]}}""", 0, "data_offsets of tensor 'a' occurs a second time at byte 35" },
        { """{"a":{"stride":[1]}}""", 0, "tensor 'a' has an unknown field 'stride' at byte 14" },
        { """{"a":{"shape":2}}""", 0, "shape of tensor 'a' is a number instead of an array" },
        { """{"a":{"shape":[-1]}}""", 0, "shape of tensor 'a' holds something else than integers from 0 to 2⁶³ − 1 at byte 23" },
        { """{"a":{"shape":[1.5]}}""", 0, "shape of tensor 'a' holds something else than integers" },
        { """{"a":{"shape":[9223372036854775808]}}""", 0, "shape of tensor 'a' holds something else than integers" },
        { """{"a":{"shape":["2"]}}""", 0, "shape of tensor 'a' holds something else than integers" },
        { """{"a":{"shape":[[2]]}}""", 0, "shape of tensor 'a' holds something else than integers" },
        { """{"a":{"data_offsets":[-8,0]}}""", 0, "data_offsets of tensor 'a' holds something else than integers" },
        { """{"a":{"data_offsets":[0]}}""", 0, "data_offsets of tensor 'a' are 1 numbers, not 2" },
        { """{"a":{"data_offsets":[0,8,8]}}""", 0, "data_offsets of tensor 'a' are 3 numbers, not 2" },
        { """{"a":{"shape":[],"data_offsets":[0,0]}}""", 0, "tensor 'a' has no dtype" },
        { """{"a":{"dtype":"F32","data_offsets":[0,0]}}""", 0, "tensor 'a' has no shape" },
        { """{"a":{"dtype":"F32","shape":[]}}""", 0, "tensor 'a' has no data_offsets" },
        { $$"""{{{A}},{{A}}}""", 8, "the name 'a' occurs a second time" },
        { """{"__metadata__":{},"__metadata__":{}}""", 0, "the name '__metadata__' occurs a second time" },
        { """{"__metadata__":[]}""", 0, "__metadata__ is an array instead of an object" },
        { """{"__metadata__":{"k":1}}""", 0, "metadata 'k' is a number instead of a string" },
        { """{"__metadata__":{"k":{"deep":{}}}}""", 0, "metadata 'k' is an object instead of a string" },
        { """{"__metadata__":{"k":"1","k":"2"}}""", 0, "metadata 'k' occurs a second time" },
    };

    // Here @4 stands for the position in the file of byte 4 of the data.
    public static TheoryData<string, int, string> BrokenLayouts { get; } = new()
    {
        { $$"""{{{A}}}""", 7, "tensor 'a' ends at 8 of the data, but the data, from byte @0 on, are only 7 bytes" },
        { $$"""{{{A}}}""", 9, "1 bytes at byte @8, after tensor 'a', belong to no tensor" },
        { "{}", 4, "4 bytes at byte @0, after the header, belong to no tensor" },
        { Entry("F32", "2", 8, 0), 8, "data_offsets of tensor 'a' begin at 8 and end before that, at 0" },
        { Entry("F32", "3", 0, 8), 8, "tensor 'a' is F32 [3], which takes 12 bytes, but its data_offsets span 8" },
        { Entry("F64", "2", 0, 8), 8, "tensor 'a' is F64 [2], which takes 16 bytes, but its data_offsets span 8" },
        { Entry("F32", "", 0, 8), 8, "tensor 'a' is F32 [], which takes 4 bytes, but its data_offsets span 8" },
        { Entry("F32", "0,2", 0, 8), 8, "tensor 'a' is F32 [0, 2], which takes 0 bytes, but its data_offsets span 8" },
        { Entry("F32", "4294967296,4294967296", 0, 8), 8, "which is more bytes than 64 bits can count" },
        { Entry("U8", "4294967296,4294967296,0", 0, 0), 0, "which is more bytes than 64 bits can count" },
        { Entry("F32", "9223372036854775807", 0, 8), 8, "which is more bytes than 64 bits can count" },
        { Entry("F32", "2", 0, long.MaxValue), 8, "tensor 'a' ends at 9223372036854775807 of the data" },
        { Entry("F32", "2", 4, 12), 12, "4 bytes at byte @0, between the header and tensor 'a', belong to no tensor" },
        { Two(0, 8, 4, 12), 12, "tensor 'b' begins at byte @4, within tensor 'a', which ends at byte @8" },
        { Two(0, 8, 0, 8), 8, "tensor 'b' begins at byte @0, within tensor 'a', which ends at byte @8" },
        { Two(0, 8, 12, 20), 20, "4 bytes at byte @8, between tensor 'a' and tensor 'b', belong to no tensor" },
        { Two(8, 16, 0, 4, "1"), 16, "4 bytes at byte @4, between tensor 'b' and tensor 'a', belong to no tensor" },
        { Two(0, 8, 4, 4, "0"), 8, "tensor 'b' begins at byte @4, within tensor 'a', which ends at byte @8" },
    };

    [Theory]
    [MemberData(nameof(BrokenHeaders))]
    [MemberData(nameof(BrokenLayouts))]
    public void A_broken_file_is_refused_with_what_is_wrong_and_where(string header, int dataLength, string message)
    {
        int dataStart = 8 + Encoding.UTF8.GetByteCount(header);
        string positioned = DataPosition().Replace(message, match => $"{dataStart + int.Parse(match.ValueSpan[1..])}");
        AssertRefused(CheckpointSamples.FileOf(header, dataLength), CheckpointFault.Malformed, positioned);
    }

    [Fact]
    public void A_file_shorter_than_its_prefix_is_refused()
    {
        for (int length = 0; length < 8; length++)
        {
            string message = $"it ends at byte {length}, within the 8 bytes that give the length of the header";
            AssertRefused(new byte[length], CheckpointFault.Malformed, message);
        }
    }

    [Theory]
    [InlineData(3, "the length of the header at byte 0 is 3, but only 2 bytes follow it")]
    [InlineData(ulong.MaxValue, "the length of the header at byte 0 is 18446744073709551615, but only 2 bytes follow it")]
    [InlineData(1UL << 63, "the length of the header at byte 0 is 9223372036854775808, but only 2 bytes follow it")]
    public void A_header_longer_than_the_file_is_refused(ulong claimed, string message)
    {
        byte[] file = CheckpointSamples.FileOf("{}", 0);
        BitConverter.TryWriteBytes(file, claimed);
        AssertRefused(file, CheckpointFault.Malformed, message);
    }

    [Fact]
    public void A_header_above_the_limit_of_the_format_is_refused_before_it_is_read()
    {
        using MemoryStream prefix = new(BitConverter.GetBytes(100_000_001UL));
        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => SafetensorsReader.Read(prefix, 200_000_000, "huge"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Contains("is 100000001, above the format's limit of 100000000", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_is_no_UTF_8_is_refused()
    {
        byte[] header = Encoding.UTF8.GetBytes("{\"ä\":1}");
        header[3] = 0x20;
        AssertRefused(CheckpointSamples.FileOf(header, []), CheckpointFault.Malformed, "the header is not valid UTF-8 at byte 10");
    }

    [Fact]
    public void Nesting_is_refused_where_it_begins()
    {
        string deep = $$"""{"a":{"shape":[{{new string('[', 100_000)}}""";
        byte[] file = CheckpointSamples.FileOf(deep, 0);
        AssertRefused(file, CheckpointFault.Malformed, "shape of tensor 'a' holds something else than integers");
    }

    [Fact]
    public void A_rank_above_32_is_refused()
    {
        string ones = string.Join(',', Enumerable.Repeat(1, 33));
        byte[] file = CheckpointSamples.FileOf(Entry("U8", ones, 0, 1), 1);
        AssertRefused(file, CheckpointFault.Malformed, "shape of tensor 'a' holds more than 32 numbers");
    }

    [Theory]
    [InlineData("BF16")]
    [InlineData("F16")]
    [InlineData("BOOL")]
    public void A_type_that_we_do_not_read_is_called_unsupported_not_malformed(string dtype) =>
        AssertRefused(
            CheckpointSamples.FileOf(Entry(dtype, "4", 0, 8), 8),
            CheckpointFault.Unsupported,
            $"tensor 'a' holds '{dtype}', and Msr reads only F32, F64, I64, I32 and U8; convert it before saving");

    [Fact]
    public void A_stream_that_ends_early_is_refused()
    {
        byte[] file = CheckpointSamples.FileOf("{" + A + "}", 8);
        using MemoryStream stream = new(file[..^1]);
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => SafetensorsReader.Read(stream, file.Length, "short"));
        string message = $"short: it ends within the 8 bytes that begin at byte {8 + A.Length + 2};";
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_in_messages_are_short_and_on_one_line()
    {
        string name = "\\n" + new string('x', 5000);
        byte[] file = CheckpointSamples.FileOf($$"""{"{{name}}":1}""", 0);
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => CheckpointSamples.Load(file));
        Assert.InRange(refusal.Message.Length, 100, 400);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void Space_around_the_parts_of_a_header_is_allowed_and_so_is_a_header_without_tensors()
    {
        Assert.Single(CheckpointSamples.Load(CheckpointSamples.FileOf("{ \n" + A + " } \n ", 8)).Parameters);
        Assert.Empty(CheckpointSamples.Load(CheckpointSamples.FileOf("{}", 0)).Parameters);
        Assert.Single(CheckpointSamples.Load(CheckpointSamples.FileOf("{\"__metadata__\":{}," + A + "}", 8)).Parameters);
    }

    [Fact]
    public void Empty_tensors_may_lie_between_others()
    {
        Checkpoint loaded = CheckpointSamples.Load(CheckpointSamples.FileOf(Two(0, 8, 8, 8, "0"), 8));
        Assert.Equal(0, loaded.Parameters["b"].Length);
        Assert.Single(CheckpointSamples.Load(CheckpointSamples.FileOf(Entry("F64", "0,9223372036854775807", 0, 0), 0)).Parameters);
    }

    [GeneratedRegex("@[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex DataPosition();

    private static string Entry(string dtype, string shape, long begin, long end) =>
        $$$"""{"a":{"dtype":"{{{dtype}}}","shape":[{{{shape}}}],"data_offsets":[{{{begin}}},{{{end}}}]}}""";

    private static string Two(int begin, int end, int begin2, int end2, string shape2 = "2") =>
        $$$"""{"a":{"dtype":"F32","shape":[2],"data_offsets":[{{{begin}}},{{{end}}}]},"""
        + $$$"""{"b":{"dtype":"F32","shape":[{{{shape2}}}],"data_offsets":[{{{begin2}}},{{{end2}}}]}}"""[1..];

    private static void AssertRefused(byte[] file, CheckpointFault fault, string message)
    {
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => CheckpointSamples.Load(file));
        Assert.StartsWith("sample: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((fault, "sample"), (refusal.Fault, refusal.File));
    }
}
