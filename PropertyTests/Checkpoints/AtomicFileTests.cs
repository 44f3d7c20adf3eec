using Msr.Core.Checkpoints;

namespace PropertyTests.Checkpoints;

public class AtomicFileTests
{
    [Fact]
    public void A_writer_that_fails_midway_leaves_the_old_file_as_it_was_and_no_other()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("last.safetensors");
        CheckpointStore.Save(path, CheckpointSamples.Small);
        byte[] old = File.ReadAllBytes(path);
        Checkpoint failing = new()
        {
            Parameters = new TensorSet(
                CheckpointTensor.Of<float>("a", [100_000], values => values.Fill(1)),
                CheckpointTensor.Of<float>("b", [1], _ => throw new NotFiniteNumberException("midway"))),
        };
        Assert.Throws<NotFiniteNumberException>(() => CheckpointStore.Save(path, failing));
        Assert.Equal(old, File.ReadAllBytes(path));
        Assert.Equal(["last.safetensors"], directory.Files);
    }

    [Fact]
    public void A_disk_that_fails_midway_is_reported_with_the_file_and_what_became_of_the_old_one()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("last.safetensors");
        StorageException first = Assert.Throws<StorageException>(() => AtomicFile.Write(path, Fail));
        Assert.Equal(
            $"{path}: cannot be written (No space left); there is no earlier file of that name, "
            + "see that the disk is there and has room, and resume.",
            first.Message);
        Assert.Empty(directory.Files);

        File.WriteAllText(path, "old");
        StorageException second = Assert.Throws<StorageException>(() => AtomicFile.Write(path, Fail));
        Assert.Contains("the last good file of that name is still there, unchanged", second.Message, StringComparison.Ordinal);
        Assert.Equal(path, second.File);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["last.safetensors"], directory.Files);

        static void Fail(Stream stream)
        {
            stream.Write(new byte[10_000]);
            throw new IOException("No space left.");
        }
    }

    [Fact]
    public void A_directory_that_is_not_there_is_reported()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("gone/last.safetensors");
        StorageException refusal = Assert.Throws<StorageException>(() => CheckpointStore.Save(path, CheckpointSamples.Small));
        Assert.Contains("create the directory and resume", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_in_the_place_of_the_file_is_reported_and_kept()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("taken");
        Directory.CreateDirectory(path);
        Assert.Throws<StorageException>(() => CheckpointStore.Save(path, CheckpointSamples.Small));
        Assert.True(Directory.Exists(path));
        Assert.Empty(directory.Files);
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path));
        Assert.Contains("is a directory, not a checkpoint", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none.safetensors")]
    [InlineData("no/such/none.safetensors")]
    public void A_file_that_is_not_there_is_missing(string name)
    {
        using TemporaryDirectory directory = new();
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => CheckpointStore.Load(directory.File(name)));
        Assert.Equal(CheckpointFault.Missing, refusal.Fault);
        Assert.StartsWith($"{directory.File(name)}: there is no such file;", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Until_the_new_file_is_complete_readers_see_the_old_one()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("last.safetensors");
        File.WriteAllText(path, "old");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
        });
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["last.safetensors"], directory.Files);
    }

    [Fact]
    public void Leftovers_of_a_killed_process_are_removed_and_nothing_else_is()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("last.safetensors");
        string leftover = "";
        AtomicFile.Write(path, stream =>
        {
            leftover = Assert.Single(directory.Files);
            Assert.EndsWith(AtomicFile.TemporaryExtension, leftover, StringComparison.Ordinal);
            Assert.Equal(0, AtomicFile.RemoveLeftovers(directory.Path));
            stream.Write("new"u8);
        });
        Assert.Equal("new", File.ReadAllText(path));

        File.WriteAllText(directory.File(leftover), "half");
        File.WriteAllText(directory.File("notes.msr-tmp"), "mine");
        Assert.Equal(1, AtomicFile.RemoveLeftovers(directory.Path));
        Assert.Equal(["last.safetensors", "notes.msr-tmp"], directory.Files);
        Assert.Equal(0, AtomicFile.RemoveLeftovers(directory.File("gone")));
    }
}
