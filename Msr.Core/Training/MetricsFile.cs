using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Msr.Core.Checkpoints;

namespace Msr.Core.Training;

/// <summary>
/// The file <c>metrics.jsonl</c>, which only grows: a line is handed to the system as a whole, so a process that is killed leaves whole lines
/// and at most one that is cut short, which reading skips and <see cref="CutBack"/> drops.
/// </summary>
public sealed class MetricsFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly string _path;

    /// <summary>Opens the file at its end; makes it if it is not there.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="StorageException">The disk is full, gone or not permitted.</exception>
    public MetricsFile(string path)
    {
        _path = path;
        try
        {
            // Without a buffer every write is one call to the system.
            _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception cause) when (StorageException.IsRaw(cause))
        {
            throw StorageException.Appending(path, cause);
        }
    }

    /// <summary>The lines of a file; none if there is no such file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="StorageException">The disk failed, or reading is not permitted.</exception>
    public static IEnumerable<MetricsLine> Read(string path) => File.Exists(path) ? Lines(path).Select(Parse).OfType<MetricsLine>() : [];

    /// <summary>Drops the lines after a step, and what is no line; the rest stays as it is, byte for byte. The file is replaced as a whole.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <param name="step">The last step to keep.</param>
    /// <exception cref="StorageException">The disk is full, gone or not permitted.</exception>
    public static void CutBack(string path, long step)
    {
        if (!File.Exists(path))
        {
            return;
        }

        string[] kept = [.. Lines(path).Where(text => Parse(text) is { } line && line.Step <= step)];
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Select(static text => text + "\n")))));
    }

    /// <summary>Adds a line.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="StorageException">The disk is full, gone or not permitted.</exception>
    public void Append(MetricsLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        byte[] text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, TrainingJson.Default.MetricsLine) + "\n");
        try
        {
            _stream.Write(text);
        }
        catch (Exception cause) when (StorageException.IsRaw(cause))
        {
            throw StorageException.Appending(_path, cause);
        }
    }

    /// <summary>Waits until the lines are on the disk: a checkpoint must not survive a power cut without the lines before it.</summary>
    /// <exception cref="StorageException">The disk failed.</exception>
    public void Flush()
    {
        try
        {
            _stream.Flush(flushToDisk: true);
        }
        catch (Exception cause) when (StorageException.IsRaw(cause))
        {
            throw StorageException.Appending(_path, cause);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception cause) when (StorageException.IsRaw(cause))
        {
            throw StorageException.Reading(path, cause);
        }
    }

    private static MetricsLine? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, TrainingJson.Default.MetricsLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One line of <c>metrics.jsonl</c>: progress within an epoch, or, with the fields that are null elsewhere, the end of one.</summary>
public sealed record MetricsLine
{
    /// <summary>Optimizer steps done.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean loss since the last line; at an epoch's end, of the epoch. Every loss is smoothed as the options say.</summary>
    public required double Loss { get; init; }

    /// <summary>The learning rate.</summary>
    public required double Lr { get; init; }

    /// <summary>Training speed.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Accuracy on the training batches of the epoch, 0 to 1.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>Loss on the test set, smoothed.</summary>
    public double? TestLoss { get; init; }

    /// <summary>Accuracy on the test set, 0 to 1.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Loss on the part of the training set that is held back, smoothed.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Accuracy on the part of the training set that is held back, 0 to 1.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Largest distance from the isocline so far.</summary>
    public double? MaxSliceMeanRatio { get; init; }

    /// <summary>The mean-shift record, layer by layer.</summary>
    public ImmutableArray<MeanShiftRecord>? MeanShift { get; init; }
}
