using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Msr.Core.Checkpoints;

namespace Msr.Core.Training;

/// <summary>
/// The files of a run: <c>config.json</c>, <c>metrics.jsonl</c>, <c>last.safetensors</c>, <c>best.safetensors</c> and <c>result.json</c>. At
/// whatever moment the process is killed, what lies there can be resumed: every file but the metrics is replaced as a whole, and the metrics
/// are cut back to the checkpoint. A run never overwrites another, and only one process at a time trains in a directory.
/// </summary>
public sealed class RunDirectory : IDisposable
{
    private const string ConfigName = "config.json";

    // These files are read by people, not put into web pages.
    private static readonly JsonWriterOptions WriterOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FileStream _lock;
    private MetricsFile? _metrics;

    private RunDirectory(string path, FileStream @lock, RunConfiguration configuration)
    {
        (Path, _lock, Configuration) = (path, @lock, configuration);
    }

    /// <summary>The directory, as it was named.</summary>
    public string Path { get; }

    /// <summary>Every option in force.</summary>
    public RunConfiguration Configuration { get; private set; }

    /// <summary>The checkpoint to resume from.</summary>
    public string LastPath => File("last.safetensors");

    /// <summary>The checkpoint with the best accuracy on the validation set.</summary>
    public string BestPath => File("best.safetensors");

    /// <summary>One line for each report of progress.</summary>
    public string MetricsPath => File("metrics.jsonl");

    /// <summary>The result of the run.</summary>
    public string ResultPath => File("result.json");

    /// <summary>The step of the last checkpoint on the disk; null before the first.</summary>
    public long? SavedStep { get; private set; }

    /// <summary>Begins a run: the directory is made, and its first file is the configuration.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="configuration">Every option in force.</param>
    /// <exception cref="RunDirectoryException">It holds another run.</exception>
    /// <exception cref="IOException">The disk is full, gone or not permitted.</exception>
    public static RunDirectory Create(string path, RunConfiguration configuration)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Make(path);
        string config = System.IO.Path.Combine(path, ConfigName);
        return Locked(path, configuration, () =>
        {
            if (System.IO.File.Exists(config))
            {
                throw new RunDirectoryException(
                    RunDirectoryFault.Occupied,
                    $"{path} holds another run, which is not overwritten; choose another directory with --out, or go on with that run with --resume {path}.");
            }

            Write(config, configuration, TrainingJson.Default.RunConfiguration);
        });
    }

    /// <summary>Begins a run in a new directory of a name, numbered up until one is free.</summary>
    /// <param name="parent">The directory for it.</param>
    /// <param name="name">The name without a number.</param>
    /// <param name="configuration">Every option in force.</param>
    /// <exception cref="IOException">The disk is full, gone or not permitted.</exception>
    public static RunDirectory CreateNumbered(string parent, string name, RunConfiguration configuration)
    {
        for (int number = 1; ; number++)
        {
            string path = System.IO.Path.Combine(parent, $"{name}-{number}");
            if (Directory.Exists(path))
            {
                continue;
            }

            try
            {
                return Create(path, configuration);
            }
            catch (RunDirectoryException taken) when (taken.Fault is RunDirectoryFault.Occupied or RunDirectoryFault.Busy)
            {
                // Another process was quicker.
            }
        }
    }

    /// <summary>Opens a run to go on with it, and clears away what a killed process left half-written.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="RunDirectoryException">It holds no run, a damaged configuration, or another process is at work in it.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static RunDirectory Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RunConfiguration configuration = ReadConfiguration(path);
        return Locked(path, configuration, () => AtomicFile.RemoveLeftovers(path));
    }

    /// <summary>Reads the configuration of a run.</summary>
    /// <param name="path">Its directory.</param>
    /// <exception cref="RunDirectoryException">There is none, or it is damaged.</exception>
    public static RunConfiguration ReadConfiguration(string path)
    {
        string config = System.IO.Path.Combine(path, ConfigName);
        if (!System.IO.File.Exists(config))
        {
            throw new RunDirectoryException(
                RunDirectoryFault.Missing, $"{path} holds no run to resume: there is no {ConfigName} in it; name the directory of a run.");
        }

        try
        {
            RunConfiguration configuration = JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(config), TrainingJson.Default.RunConfiguration)
                ?? throw new JsonException("it is null.");
            configuration.Validate();
            return configuration with { Options = configuration.Options with { IsStored = true } };
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new RunDirectoryException(RunDirectoryFault.Malformed, $"{config} cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
    }

    /// <summary>The checkpoint to go on from; null if the run was stopped before its first.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public Checkpoint? LoadLast()
    {
        if (!System.IO.File.Exists(LastPath))
        {
            return null;
        }

        Checkpoint checkpoint = CheckpointStore.Load(LastPath);
        SavedStep = checkpoint.Step;
        return checkpoint;
    }

    /// <summary>
    /// Cuts the metrics back to a step, puts the configuration in force, such as more epochs, in the place of the old one, and takes the old
    /// result away unless it still holds: what lies in the directory always belongs together.
    /// </summary>
    /// <param name="step">The step to go on from.</param>
    /// <param name="configuration">Every option in force.</param>
    /// <param name="isComplete">Whether no step is left to do.</param>
    /// <returns>The best accuracy on the validation set up to there; null without one.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public double? ResumeAt(long step, RunConfiguration configuration, bool isComplete = false)
    {
        Configuration = configuration;
        if (!isComplete || LoadResult(step) is null)
        {
            System.IO.File.Delete(ResultPath);
        }

        MetricsFile.CutBack(MetricsPath, step);
        Write(File(ConfigName), Configuration, TrainingJson.Default.RunConfiguration);
        return MetricsFile.Read(MetricsPath).Max(static line => line.ValidationAccuracy);
    }

    /// <summary>Adds a line to the metrics.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Append(MetricsLine line) => (_metrics ??= new MetricsFile(MetricsPath)).Append(line);

    /// <summary>Saves the checkpoint to resume from.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="IOException">The disk failed; the checkpoint before this one is untouched.</exception>
    public void SaveLast(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        _metrics?.Flush();
        CheckpointStore.Save(LastPath, checkpoint);
        SavedStep = checkpoint.Step;
    }

    /// <summary>Saves the best checkpoint. Save it before the last: then a run that is killed between the two makes it again.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="IOException">The disk failed; the checkpoint before this one is untouched.</exception>
    public void SaveBest(Checkpoint checkpoint) => CheckpointStore.Save(BestPath, checkpoint);

    /// <summary>The result of the run; null if it has not ended at this step, or cannot be read.</summary>
    /// <param name="step">The step.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public RunResult? LoadResult(long step)
    {
        if (!System.IO.File.Exists(ResultPath))
        {
            return null;
        }

        try
        {
            RunResult? result = JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(ResultPath), TrainingJson.Default.RunResult);
            return result is { Diverged: false } && result.Steps == step ? result : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Says what the run came to.</summary>
    /// <param name="result">The result.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void WriteResult(RunResult result) => Write(ResultPath, result, TrainingJson.Default.RunResult);

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics?.Dispose();
        _lock.Dispose();
    }

    private static void Make(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception cause) when (StorageException.IsRaw(cause))
        {
            throw StorageException.Making(path, cause);
        }
    }

    /// <summary>Prepares a directory while its lock is held; a failure gives the lock back.</summary>
    private static RunDirectory Locked(string path, RunConfiguration configuration, Action prepare)
    {
        FileStream @lock = Lock(path);
        try
        {
            prepare();
            return new RunDirectory(path, @lock, configuration);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>The system gives the lock back however the process ends, so a file left over by SIGKILL locks nobody out.</summary>
    private static FileStream Lock(string path)
    {
        string file = System.IO.Path.Combine(path, ".lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (error.GetType() == typeof(IOException) && System.IO.File.Exists(file))
        {
            throw new RunDirectoryException(
                RunDirectoryFault.Busy, $"Another process is training in {path}; wait for it, or choose another directory.", error);
        }
    }

    private static void Write<V>(string path, V value, JsonTypeInfo<V> type) =>
        AtomicFile.Write(path, stream =>
        {
            using Utf8JsonWriter writer = new(stream, WriterOptions);
            JsonSerializer.Serialize(writer, value, type);
            writer.Flush();
            stream.WriteByte((byte)'\n');
        });

    private string File(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>A directory cannot be used for a run. The message is one sentence that says why and what to do.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">The sentence.</param>
/// <param name="inner">The exception behind it, if there is one.</param>
public sealed class RunDirectoryException(RunDirectoryFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why it cannot be used.</summary>
    public RunDirectoryFault Fault { get; } = fault;
}

/// <summary>Why a directory cannot be used for a run.</summary>
public enum RunDirectoryFault
{
    /// <summary>It holds another run, which is never overwritten.</summary>
    Occupied,

    /// <summary>Another process is training in it.</summary>
    Busy,

    /// <summary>It holds no run that could be resumed.</summary>
    Missing,

    /// <summary>A file in it breaks its format.</summary>
    Malformed,
}
