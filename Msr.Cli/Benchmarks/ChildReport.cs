using System.Globalization;

namespace Msr.Cli.Benchmarks;

/// <summary>What a process of its own reports in its last line.</summary>
/// <param name="Timestamp">The time of the system's steady clock, which all processes share, when the work was done.</param>
/// <param name="PeakBytes">The most memory that was resident.</param>
internal readonly record struct ChildReport(long Timestamp, long PeakBytes)
{
    /// <summary>Reads what <see cref="ToString"/> writes; null where that is something else.</summary>
    public static ChildReport? Read(string text) =>
        text.Split(' ', StringSplitOptions.TrimEntries) is [var timestamp, var peak]
        && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long time)
        && long.TryParse(peak, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? new ChildReport(time, bytes)
            : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Timestamp} {PeakBytes}");
}
