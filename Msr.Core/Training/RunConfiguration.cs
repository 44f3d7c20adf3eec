using Msr.Core.Data;

namespace Msr.Core.Training;

/// <summary>The contents of <c>config.json</c>: every option in force.</summary>
public sealed record RunConfiguration
{
    /// <summary>The most threads that may be asked for.</summary>
    public const int MostThreads = 1_024;

    /// <summary>The defaults of a run; the facts that it finds out when it begins are empty.</summary>
    public static RunConfiguration Default { get; } = new()
    {
        Version = "",
        Data = KnownDataset.FashionMini.Name,
        TrainChecksum = "",
        Backend = "cpu",
        Device = "",
        Options = new TrainingOptions(),
    };

    /// <summary>The version of the program that wrote it.</summary>
    public required string Version { get; init; }

    /// <summary>The data set as it was asked for: a name or a folder.</summary>
    public required string Data { get; init; }

    /// <summary>The folder in which named data sets were looked for; null for the usual place. A run may find them elsewhere when it goes on.</summary>
    public string? DataFolder { get; init; }

    /// <summary>How many of the first training images were used; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>The share of the training set that is held back for validation.</summary>
    public double Validation { get; init; }

    /// <summary>Checksum of the training set.</summary>
    public required string TrainChecksum { get; init; }

    /// <summary>Checksum of the test set.</summary>
    public string? TestChecksum { get; init; }

    /// <summary>The backend.</summary>
    public required string Backend { get; init; }

    /// <summary>The device of the backend when the run began.</summary>
    public required string Device { get; init; }

    /// <summary>The vector width that bits depend on, when the run began; 0 where they depend on none.</summary>
    public int VectorBits { get; init; }

    /// <summary>The number of threads asked for; 0 for one per core. Results never depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>The ordinal of the device, where there may be several.</summary>
    public int DeviceOrdinal { get; init; }

    /// <summary>The folder in which native libraries were looked for first; null for the usual places.</summary>
    public string? LibraryFolder { get; init; }

    /// <summary>Whether the backend waited after every op. Results never depend on it.</summary>
    public bool SynchronizeEveryOp { get; init; }

    /// <summary>Steps between checkpoints besides those at every epoch's end; 0 for none.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Steps between comparisons with the reference; 0 for none. Results never depend on it.</summary>
    public int CheckEvery { get; init; }

    /// <summary>Everything that decides the numbers.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Checks every option by its line of <see cref="RunOptions"/>, by the names of <c>config.json</c>.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Options is null || Data is null || Backend is null)
        {
            throw new ArgumentException("options, data or backend are null.");
        }

        if (Options.Schedule?.Milestones is null)
        {
            throw new ArgumentException("schedule must be given, with its milestones.");
        }

        if (RunOptions.All.Select(option => option.Refusal(this, static other => other.JsonName)).FirstOrDefault(static refusal => refusal is not null) is { } refusal)
        {
            throw new ArgumentException(refusal);
        }
    }
}
