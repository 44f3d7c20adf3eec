using System.Numerics;

namespace Msr.Core.Backends;

/// <summary>One backend that a program can open.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Name">The name users select it by.</param>
/// <param name="Purpose">What it is for, in a few words.</param>
/// <param name="Open">Opens it with a number of threads (0: one per core), or says in one sentence why it cannot be had and what to install.</param>
public sealed record BackendEntry<T>(string Name, string Purpose, Func<int, (IBackend<T>? Backend, string Reason)> Open)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
