namespace Msr.Core.Backends;

/// <summary>Which backend to open, and how. What does not concern a backend is ignored by it.</summary>
/// <param name="Name">The name users select it by.</param>
public sealed record BackendRequest(string Name)
{
    /// <summary>The number of threads of a CPU backend; 0 for one per core.</summary>
    public int Threads { get; init; }

    /// <summary>The ordinal of the device, from 0, where there may be several.</summary>
    public int Device { get; init; }

    /// <summary>Whether a backend that queues its work waits after every op, so that a failure names the op that caused it.</summary>
    public bool SynchronizeEveryOp { get; init; }

    /// <summary>A folder to look for a backend's native libraries in before all others; null for the usual places.</summary>
    public string? LibraryFolder { get; init; }
}
