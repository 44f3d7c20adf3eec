using System.Numerics;

namespace Msr.Core.Backends;

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
