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
