using System.Diagnostics;
using Msr.Core.Data;
using Msr.Core.Numerics;
using Xunit.Abstractions;
using static PropertyTests.Data.Samples;

namespace PropertyTests.Data;

/// <summary>
/// Ten thousand damaged files a reader: each gives a <see cref="DataException"/> or data of the shape of the sound file; never another
/// exception, never more time or memory than a file of that size can justify.
/// </summary>
public class MutantTests(ITestOutputHelper output)
{
    private const int Mutants = 10_000;
    private const ulong Seed = 20240917;
    private const long FixedCost = 96 << 10;
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_all = TimeSpan.FromMinutes(2);

    private static readonly byte[] s_images = IdxImages(12, 9, 7);
    private static readonly byte[] s_labels = IdxLabels(12);
    private static readonly byte[] s_cifar = Cifar(3);

    [Fact]
    public void Damaged_plain_idx_files_cost_a_sentence_and_nothing_else() => Attack("idx", bytesPerByte: 4, mutator =>
    {
        (byte[] images, byte[] labels) = DamageEither(mutator, s_images, s_labels, headerFields: 4, bigEndian: true);
        return ReadIdx(images, labels);
    });

    [Fact]
    public void Damaged_gzip_idx_files_cost_a_sentence_and_nothing_else()
    {
        byte[] packedImages = Gzip(s_images);
        byte[] packedLabels = Gzip(s_labels);
        Attack("idx.gz", bytesPerByte: 1032, mutator =>
        {
            // Half of the damage is done before packing, so that sound gzip data carry an unsound file.
            if (mutator.Below(2) == 0)
            {
                (byte[] plainImages, byte[] plainLabels) = DamageEither(mutator, s_images, s_labels, headerFields: 4, bigEndian: true);
                return ReadIdx(Gzip(plainImages), Gzip(plainLabels));
            }

            (byte[] images, byte[] labels) = DamageEither(mutator, packedImages, packedLabels, headerFields: 4, bigEndian: false);
            return ReadIdx(images, labels);
        });
    }

    [Fact]
    public void Damaged_CIFAR_files_cost_a_sentence_and_nothing_else() => Attack("cifar", bytesPerByte: 4, mutator =>
    {
        byte[] mutant = mutator.Damage(s_cifar, s_images, headerFields: 1, bigEndian: true);
        return (mutant.Length, () => CifarReader.Read([DataFile.InMemory("file", mutant)], "mutant"), read => IsWhole(read, mutant));
    });

    private static bool IsWhole(ImageDataset read, byte[] mutant) =>
        read.Image == new Shape(32, 32, 3) && read.Count * CifarReader.RecordLength == mutant.Length;

    private static (byte[] First, byte[] Second) DamageEither(Mutator mutator, byte[] first, byte[] second, int headerFields, bool bigEndian)
    {
        int which = mutator.Below(4);
        return (
            which != 0 ? mutator.Damage(first, second, headerFields, bigEndian) : first,
            which is 0 or 3 ? mutator.Damage(second, first, Math.Min(headerFields, 2), bigEndian) : second);
    }

    private static (long Size, Func<ImageDataset> Read, Func<ImageDataset, bool> IsSound) ReadIdx(byte[] images, byte[] labels)
    {
        DataFile imageFile = DataFile.InMemory("file images", images);
        DataFile labelFile = DataFile.InMemory("file labels", labels);
        return (
            images.Length + labels.Length,
            () => IdxReader.Read(imageFile, labelFile, "mutant", 10),
            read => read.Image == new Shape(9, 7, 1) && read.Count == 12);
    }

    private void Attack(
        string name, int bytesPerByte, Func<Mutator, (long Size, Func<ImageDataset> Read, Func<ImageDataset, bool> IsSound)> damage)
    {
        Exception? failure = null;
        Thread attacker = new(() => failure = Record.Exception(() => AttackAll(name, bytesPerByte, damage))) { IsBackground = true };
        attacker.Start();
        Assert.True(attacker.Join(s_all), $"{name}: a mutant hangs; seed {Seed}.");
        Assert.Null(failure);
    }

    private void AttackAll(
        string name, int bytesPerByte, Func<Mutator, (long Size, Func<ImageDataset> Read, Func<ImageDataset, bool> IsSound)> damage)
    {
        RandomStream stream = new RandomStream(Seed).Split(name);
        int refused = 0;
        long most = 0;
        for (int mutant = -200; mutant < Mutants; mutant++)
        {
            // The mutants below zero warm the code up and are not measured.
            (long size, Func<ImageDataset> read, Func<ImageDataset, bool> isSound) = damage(new Mutator(stream.Split((ulong)Math.Abs(mutant))));
            string what = $"{name}: seed {Seed}, mutant {mutant}";
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            try
            {
                Assert.True(isSound(read()), $"{what}: data of another shape were accepted.");
            }
            catch (DataException error)
            {
                refused++;
                Assert.False(error.Problem != DataProblem.Malformed || !IsOneSentence(error.Message), $"{what}: {error.Message}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            most = Math.Max(most, mutant < 0 ? 0 : allocated);
            Assert.True(Stopwatch.GetElapsedTime(start) < s_each, $"{what}: took {Stopwatch.GetElapsedTime(start)}.");
            Assert.True(mutant < 0 || allocated <= FixedCost + (bytesPerByte * size), $"{what}: allocated {allocated} bytes for {size}.");
        }

        output.WriteLine($"{name}: {refused} refused, {Mutants + 200 - refused} accepted, at most {most} bytes allocated; seed {Seed}");
        Assert.InRange(refused, Mutants / 4, Mutants + 199);
    }

    private static bool IsOneSentence(string message) =>
        message.StartsWith("file", StringComparison.Ordinal) && message.EndsWith('.') && !message.Contains('\n', StringComparison.Ordinal);
}
