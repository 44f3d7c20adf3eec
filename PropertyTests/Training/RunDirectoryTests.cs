using System.Text.Json.Nodes;
using Msr.Core.Checkpoints;
using Msr.Core.Training;
using PropertyTests.Checkpoints;

namespace PropertyTests.Training;

public sealed class RunDirectoryTests
{
    [Fact]
    public void A_run_that_cannot_begin_leaves_no_lock_behind()
    {
        using TemporaryDirectory directory = new();
        string run = directory.File("run");
        Directory.CreateDirectory(Path.Combine(run, "config.json"));
        Assert.Throws<StorageException>(() => RunDirectory.Create(run, Configuration));
        Directory.Delete(Path.Combine(run, "config.json"));
        RunDirectory.Create(run, Configuration).Dispose();
    }

    [Fact]
    public void A_configuration_comes_back_as_it_was_written()
    {
        using TemporaryDirectory directory = new();
        RunDirectory.Create(directory.File("run"), Configuration).Dispose();
        RunConfiguration read = RunDirectory.ReadConfiguration(directory.File("run"));
        using RunDirectory other = RunDirectory.Create(directory.File("other"), read);
        Assert.Equal(File.ReadAllText(directory.File("run/config.json")), File.ReadAllText(directory.File("other/config.json")));
    }

    [Fact]
    public void A_configuration_of_an_older_version_is_read()
    {
        using TemporaryDirectory directory = new();
        RunDirectory.Create(directory.File("run"), Configuration).Dispose();
        JsonObject json = Json(directory);
        json.Remove("dataFolder");
        json.Remove("checkEvery");
        json["peakRate"] = 0.8;
        File.WriteAllText(directory.File("run/config.json"), json.ToJsonString());
        using RunDirectory run = RunDirectory.Open(directory.File("run"));
        Assert.Equal(("0.0.1", "cpu"), (run.Configuration.Version, run.Configuration.Backend));
    }

    [Theory]
    [InlineData("schedule", "null")]
    [InlineData("batch", "0")]
    [InlineData("exclude", "[null]")]
    public void A_configuration_with_options_that_are_none_is_refused(string name, string value)
    {
        using TemporaryDirectory directory = new();
        RunDirectory.Create(directory.File("run"), Configuration).Dispose();
        JsonObject json = Json(directory);
        json["options"]![name] = JsonNode.Parse(value);
        File.WriteAllText(directory.File("run/config.json"), json.ToJsonString());
        RunDirectoryException error = Assert.Throws<RunDirectoryException>(() => RunDirectory.Open(directory.File("run")));
        Assert.Equal(RunDirectoryFault.Malformed, error.Fault);
        Assert.Contains("run/config.json cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_that_cannot_be_opened_or_read_name_their_file()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("nowhere/metrics.jsonl");
        Assert.Contains(path, Assert.Throws<StorageException>(() => new MetricsFile(path).Dispose()).Message, StringComparison.Ordinal);
        Assert.Contains("/proc/self/mem", Assert.Throws<StorageException>(() => MetricsFile.CutBack("/proc/self/mem", 0)).Message, StringComparison.Ordinal);
    }

    private static RunConfiguration Configuration => new()
    {
        Version = "0.0.1",
        Data = "fashion-mini",
        TrainChecksum = "",
        Backend = "cpu",
        Device = "",
        Options = TrainingSamples.Options,
    };

    private static JsonObject Json(TemporaryDirectory directory) => JsonNode.Parse(File.ReadAllText(directory.File("run/config.json")))!.AsObject();
}
