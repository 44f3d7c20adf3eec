using System.Collections.Immutable;

namespace Msr.Core.Backends;

/// <summary>The bytes an executable holds, by purpose, in the order of allocation.</summary>
/// <param name="Entries">Purpose and bytes.</param>
public sealed record MemoryReport(ImmutableArray<(string Purpose, long Bytes)> Entries)
{
    /// <summary>All bytes together.</summary>
    public long TotalBytes => Entries.Sum(static entry => entry.Bytes);
}
