using System.Numerics;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Cpu;
using Msr.Cpu.Reference;

namespace Msr.Cli;

/// <summary>The backends of this program. A new one is added here and nowhere else.</summary>
internal static class Backends
{
    /// <summary>What the names of backends in float64 end in.</summary>
    public const string DoubleSuffix = ":f64";

    /// <summary>All names, float32 first.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Catalog<float>().Entries.Select(static e => e.Name), .. Catalog<double>().Entries.Select(static e => e.Name)];

    /// <summary>The backends of a precision.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    public static BackendCatalog<T> Catalog<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(
    [
        Entry<T>("cpu", "vectors and all cores", static threads => new CpuBackend<T>(threads)),
        Entry<T>("reference", "definition loops that decide what is right; slow", static _ => new ReferenceBackend<T>()),
    ]);

    /// <summary>Opens a backend.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="threads">The number of threads; 0 for one per core.</param>
    /// <exception cref="CommandFailedException">It cannot be had here.</exception>
    public static IBackend<T> Open<T>(string name, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Catalog<T>().TryOpen(name, threads, out IBackend<T>? backend, out string reason)
            ? backend
            : throw new CommandFailedException(ExitCode.Missing, reason);

    /// <summary>Opens a backend as a subject of the conformance kit: one thread, and others where a law asks for them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fault">A known defect to plant in it; null for none.</param>
    /// <exception cref="CommandFailedException">It cannot be had here.</exception>
    public static Subject OpenSubject(string name, Fault? fault) => IsDouble(name) ? Subject<double>(name, fault) : Subject<float>(name, fault);

    /// <summary>Whether a backend computes in float64.</summary>
    /// <param name="name">Its name.</param>
    public static bool IsDouble(string name) => name.EndsWith(DoubleSuffix, StringComparison.Ordinal);

    private static Subject<T> Subject<T>(string name, Fault? fault)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        IBackend<T> OpenWith(int threads) => fault is null ? Open<T>(name, threads) : new FaultyBackend<T>(Open<T>(name, threads), fault, threads);
        return new Subject<T>(OpenWith(1), OpenWith);
    }

    private static BackendEntry<T> Entry<T>(string name, string purpose, Func<int, IBackend<T>> open)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(typeof(T) == typeof(double) ? name + DoubleSuffix : name, purpose, threads => (open(threads), ""));
}
