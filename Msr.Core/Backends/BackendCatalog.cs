using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Msr.Core.Backends;

/// <summary>The backends a program knows by name. Core names none: the program lists them.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Entries">The backends, in the order people should read them.</param>
public sealed record BackendCatalog<T>(ImmutableArray<BackendEntry<T>> Entries)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Opens a backend.</summary>
    /// <param name="request">Which one, and how.</param>
    /// <param name="backend">The backend, which the caller disposes of.</param>
    /// <param name="reason">Why there is none: one sentence that says what to do.</param>
    public bool TryOpen(BackendRequest request, [NotNullWhen(true)] out IBackend<T>? backend, out string reason)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Entries.FirstOrDefault(entry => entry.Name == request.Name) is { } found)
        {
            (backend, reason) = found.Open(request);
            return backend is not null;
        }

        backend = null;
        reason = $"There is no backend '{request.Name}' in this build; there are: {string.Join(", ", Entries.Select(static e => e.Name))}.";
        return false;
    }
}

/// <summary>One backend that a program can open.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Name">The name users select it by.</param>
/// <param name="Purpose">What it is for, in a few words.</param>
/// <param name="Open">Opens it, or says in one sentence why it cannot be had and what to install.</param>
/// <param name="HasThreads">Whether it computes on threads whose number can be chosen.</param>
public sealed record BackendEntry<T>(string Name, string Purpose, Func<BackendRequest, (IBackend<T>? Backend, string Reason)> Open, bool HasThreads)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The native libraries that were found, or, where one is missing, every name that was tried; null where none is needed.</summary>
    public Func<BackendRequest, IReadOnlyList<string>>? Libraries { get; init; }
}

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
