namespace Msr.Cli.Datasets;

/// <summary>How far a fetch is.</summary>
/// <param name="Activity">What is going on, such as the name of the file being downloaded.</param>
/// <param name="Done">The bytes done of this activity.</param>
/// <param name="Total">The bytes it has in all; null if unknown.</param>
public readonly record struct FetchProgress(string Activity, long Done = 0, long? Total = null);
