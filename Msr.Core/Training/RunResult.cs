using System.Text.Json.Serialization;

namespace Msr.Core.Training;

/// <summary>The contents of <c>result.json</c>: the last epoch of a run.</summary>
public sealed record RunResult
{
    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The training set.</summary>
    public required string Data { get; init; }

    /// <summary>The backend.</summary>
    public required string Backend { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The number of threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Epochs trained.</summary>
    public required int Epochs { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>Samples of a batch.</summary>
    public required int Batch { get; init; }

    /// <summary>Accuracy on the test set after the last epoch, 0 to 1.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Loss on the test set after the last epoch, with the label smoothing of the training.</summary>
    public double? TestLoss { get; init; }

    /// <summary>Mean loss of the last epoch's training steps, with label smoothing.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Whether a number that is not finite ended the run.</summary>
    public required bool Diverged { get; init; }

    /// <summary>Wall time of the run, over all sittings, evaluation included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training speed over all steps, evaluation excluded.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Peak resident memory of the process.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>
    /// Managed bytes that a step allocates after warm-up, in the whole process: the median over stretches of steps between two reports; null for
    /// a run too short to tell.
    /// </summary>
    public double? AllocatedBytesPerStep { get; init; }

    /// <summary>Largest |slice mean| / rms of its kernel at the reports of the whole run, over all projected kernels, before any re-centring.</summary>
    public required double MaxSliceMeanRatio { get; init; }
}

/// <summary>How the records of this room are written as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(TrainingOptions))]
[JsonSerializable(typeof(MetricsLine))]
[JsonSerializable(typeof(RunConfiguration))]
[JsonSerializable(typeof(RunResult))]
public sealed partial class TrainingJson : JsonSerializerContext;
