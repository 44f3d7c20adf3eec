using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Msr.Core.Checkpoints;
using Msr.Core.Numerics;
using Xunit.Abstractions;

namespace PropertyTests.Checkpoints;

/// <summary>Damaged files are refused by name or read as what they say; they never crash, hang or exhaust memory.</summary>
public partial class CheckpointMutationTests(ITestOutputHelper output)
{
    private const int Mutants = 10_000;
    private const ulong Seed = 20260117;

    // Names, extents and entries cost a small multiple of their text, an exception and its message a constant.
    private const int BytesPerFileByte = 32;
    private const int BytesPerRefusal = 50_000;

    private static readonly string[] Numbers =
    [
        "0", "1", "2", "-1", "7", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
        "1e3", "1.5", "null", "[]", "{}",
    ];

    private static readonly string[] Words =
    [
        "F32", "F64", "I64", "I32", "U8", "BF16", "dtype", "shape", "data_offsets", "__metadata__", "format", "step",
        "msr-checkpoint/1", "", "\\ud800",
    ];

    private static readonly byte[] Original = CheckpointSamples.Bytes(CheckpointSamples.Small);

    private static readonly byte[] Other = CheckpointSamples.Bytes(new Checkpoint
    {
        Model = "mlp",
        Parameters = new TensorSet(
            CheckpointTensor.Of<double>("fc.weight", [3, 5], values => values.Fill(2)),
            CheckpointTensor.Of<byte>("empty", [0], _ => { })),
    });

    [Fact]
    public void A_damaged_checkpoint_is_refused_or_read_as_what_it_says()
    {
        int accepted = 0;
        for (int index = 0; index < Mutants; index++)
        {
            byte[] mutant = Mutant(new Draws(new RandomStream(Seed).Split((ulong)index)));
            try
            {
                accepted += IsAccepted(mutant) ? 1 : 0;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Mutant {index} of seed {Seed}: {Convert.ToHexString(mutant)}", failure);
            }
        }

        output.WriteLine($"{accepted} of {Mutants} mutants of seed {Seed} were still checkpoints.");

        // Flips within the data leave a checkpoint, most other damage does not: if nearly all went one way, the test tests nothing.
        Assert.InRange(accepted, Mutants / 20, Mutants / 2);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (int length = 0; length < Original.Length; length++)
        {
            CheckpointException refusal = Assert.Throws<CheckpointException>(() => CheckpointSamples.Load(Original[..length]));
            Assert.Equal(CheckpointFault.Malformed, refusal.Fault);
        }
    }

    [Theory]
    [InlineData("\"{0:x}\":\"\"", true)]
    [InlineData("\"{0:x}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", false)]
    [InlineData("\"{0:x}\":{{\"dtype\":\"U8\",\"shape\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],\"data_offsets\":[0,0]}}", false)]
    public void A_header_full_of_small_things_costs_a_small_multiple_of_its_length(string format, bool isMetadata)
    {
        CompositeFormat entry = CompositeFormat.Parse(format);
        string entries = string.Join(',', Enumerable.Range(0, 20_000).Select(i => string.Format(null, entry, i)));
        byte[] file = CheckpointSamples.FileOf(isMetadata ? $$$"""{"__metadata__":{{{{entries}}}}}""" : $$"""{{{entries}}}""", 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = CheckpointSamples.Load(file);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{(double)allocated / file.Length:F1} bytes a byte");
        Assert.InRange(allocated, 0, (long)BytesPerFileByte * file.Length);
    }

    private static bool IsAccepted(byte[] mutant)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Checkpoint loaded = CheckpointSamples.Load(mutant);
            AssertFrugal(mutant, before);
            AssertSound(mutant, loaded);
            return true;
        }
        catch (CheckpointException refusal)
        {
            AssertFrugal(mutant, before);
            Assert.True(refusal.Fault is CheckpointFault.Malformed or CheckpointFault.Unsupported, refusal.Message);
            Assert.Matches("^sample: [^\r\n]{20,600}[.]$", refusal.Message);
            return false;
        }
    }

    private static void AssertFrugal(byte[] mutant, long before) =>
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, BytesPerRefusal + ((long)BytesPerFileByte * mutant.Length));

    private static void AssertSound(byte[] mutant, Checkpoint loaded)
    {
        CheckpointTensor[] tensors = [.. loaded.Parameters, .. loaded.OptimizerState];
        Assert.Equal(mutant.Length, CheckpointSamples.DataStart(mutant) + tensors.Sum(tensor => tensor.ByteLength));
        Assert.All(tensors, tensor => Assert.Equal(tensor.Length, tensor.Shape.Aggregate(1L, (product, extent) => product * extent)));
        if (!loaded.IsForeign)
        {
            CheckpointSamples.AssertSame(loaded, CheckpointSamples.Load(CheckpointSamples.Bytes(loaded)));
        }
    }

    private static byte[] Mutant(Draws draws)
    {
        byte[] file = [.. draws.Below(4) == 0 ? Other : Original];
        int start = CheckpointSamples.DataStart(file);
        return draws.Below(10) switch
        {
            0 => Flipped(file, file.Length, draws),
            1 => Flipped(file, start, draws),
            2 => Flipped(file, 8, draws),
            3 => file[..draws.Below(file.Length)],
            4 => [.. file, .. draws.Bytes(1 + draws.Below(40))],
            5 => Relabelled(file, (ulong)draws.Below(2 * file.Length) << (8 * draws.Below(8))),
            6 => Rewritten(file, NumberPattern(), Numbers, draws),
            7 => Rewritten(file, WordPattern(), Words, draws),
            8 => Spliced(file, draws),
            _ => Reheaded(file, Cut(file[8..start], draws)),
        };
    }

    private static byte[] Flipped(byte[] file, int length, Draws draws)
    {
        for (int flips = 1 + draws.Below(4); flips > 0; flips--)
        {
            file[draws.Below(length)] ^= (byte)(1 << draws.Below(8));
        }

        return file;
    }

    private static byte[] Relabelled(byte[] file, ulong headerLength)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(file, headerLength);
        return file;
    }

    private static byte[] Reheaded(byte[] file, byte[] header) =>
        CheckpointSamples.FileOf(header, file.AsSpan(CheckpointSamples.DataStart(file)));

    /// <summary>One or two numbers or words of the header replaced; its length is put right.</summary>
    private static byte[] Rewritten(byte[] file, Regex pattern, string[] replacements, Draws draws)
    {
        string header = Encoding.UTF8.GetString(file.AsSpan(8..CheckpointSamples.DataStart(file)));
        for (int edits = 1 + draws.Below(2); edits > 0; edits--)
        {
            MatchCollection matches = pattern.Matches(header);
            Match match = matches[draws.Below(matches.Count)];
            header = header[..match.Index] + replacements[draws.Below(replacements.Length)] + header[(match.Index + match.Length)..];
        }

        return Reheaded(file, Encoding.UTF8.GetBytes(header));
    }

    /// <summary>A piece of either file copied over another place.</summary>
    private static byte[] Spliced(byte[] file, Draws draws)
    {
        byte[] source = draws.Below(2) == 0 ? Other : Original;
        int length = 1 + draws.Below(Math.Min(file.Length, source.Length) - 1);
        int from = draws.Below(source.Length - length + 1);
        source.AsSpan(from, length).CopyTo(file.AsSpan(draws.Below(file.Length - length + 1)));
        return file;
    }

    /// <summary>A piece of the header taken out, or repeated.</summary>
    private static byte[] Cut(byte[] header, Draws draws)
    {
        int from = draws.Below(header.Length), to = from + draws.Below(Math.Min(60, header.Length - from));
        return draws.Below(2) == 0 ? [.. header[..from], .. header[to..]] : [.. header[..to], .. header[from..]];
    }

    [GeneratedRegex("(?<=[[,])[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex NumberPattern();

    [GeneratedRegex("(?<=\")[^\"\\\\,:{}]+(?=\")", RegexOptions.None, 1000)]
    private static partial Regex WordPattern();

    /// <summary>Draws one after the other from a stream.</summary>
    private sealed class Draws(RandomStream stream)
    {
        private ulong _position;

        internal int Below(int bound) => stream.Below(_position++, bound);

        internal byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)Below(256))];
    }
}
