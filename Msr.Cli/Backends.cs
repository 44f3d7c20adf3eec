using System.Numerics;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;
using Msr.Core.Training;
using Msr.Cpu;
using Msr.Cpu.Oracle;
using Msr.Cpu.Reference;

namespace Msr.Cli;

/// <summary>The backends of this program. A new one is added here and nowhere else.</summary>
internal static class Backends
{
    /// <summary>The suffix of the names of backends in float64.</summary>
    public const string DoubleSuffix = ":f64";

    /// <summary>All names, float32 first.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Catalog<float>().Entries.Select(static e => e.Name), .. Catalog<double>().Entries.Select(static e => e.Name)];

    private static BackendEntry<float> DirectCpu => Entry<float>(
        "cpu:direct",
        "cpu with every convolution by definition, none by Winograd",
        static request => new CpuBackend<float>(request.Threads, convolutions: ConvolutionAlgorithm.Direct),
        hasThreads: true);

    /// <summary>The backends of a precision.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    public static BackendCatalog<T> Catalog<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(
    [
        Entry<T>("cpu", "vectors and all cores", static request => new CpuBackend<T>(request.Threads), hasThreads: true),
        .. Entries<T>([DirectCpu]),
        Entry<T>("oracle", "TensorPrimitives, one thread: the truth for cases that are too large for loops", static _ => new OracleBackend<T>(), hasThreads: false),
        Entry<T>("reference", "definition loops that decide what is right; slow", static _ => new ReferenceBackend<T>(), hasThreads: false),
        .. Entries<T>(CudaEntries.All),
    ]);

    /// <summary>The request for the backend of a run.</summary>
    /// <param name="run">The run.</param>
    public static BackendRequest RequestOf(RunConfiguration run) => new(run.Backend)
    {
        Threads = run.Threads,
        Device = run.DeviceOrdinal,
        SynchronizeEveryOp = run.SynchronizeEveryOp,
        LibraryFolder = run.LibraryFolder,
    };

    /// <summary>Opens a backend.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="request">Which one, and how.</param>
    /// <exception cref="CommandFailedException">It cannot be had here.</exception>
    public static IBackend<T> Open<T>(BackendRequest request)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Catalog<T>().TryOpen(request, out IBackend<T>? backend, out string reason)
            ? backend
            : throw new CommandFailedException(ExitCode.Missing, reason);

    /// <summary>Opens a backend with a known defect.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="request">Which one, and how.</param>
    /// <param name="fault">The defect; null for none.</param>
    /// <exception cref="CommandFailedException">It cannot be had here.</exception>
    public static IBackend<T> Open<T>(BackendRequest request, Fault? fault)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        IBackend<T> opened = Open<T>(request);
        return fault is null ? opened : new FaultyBackend<T>(opened, fault, request.Threads > 0 ? request.Threads : opened.Info.Threads);
    }

    /// <summary>Opens a backend as a subject of the conformance kit: one thread, and others where a law asks for them.</summary>
    /// <param name="request">Which one, and how.</param>
    /// <param name="fault">A known defect to plant in it; null for none.</param>
    /// <exception cref="CommandFailedException">It cannot be had here.</exception>
    public static Subject OpenSubject(BackendRequest request, Fault? fault) =>
        IsDouble(request.Name) ? Subject<double>(request, fault) : Subject<float>(request, fault);

    /// <summary>Whether a backend computes in float64.</summary>
    /// <param name="name">Its name.</param>
    public static bool IsDouble(string name) => name.EndsWith(DoubleSuffix, StringComparison.Ordinal);

    private static Subject<T> Subject<T>(BackendRequest request, Fault? fault)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        IBackend<T> OpenWith(int threads) => Open<T>(request with { Threads = threads }, fault);

        bool hasThreads = Catalog<T>().Entries.First(entry => entry.Name == request.Name).HasThreads || fault is not null;
        return new Subject<T>(OpenWith(1), hasThreads ? OpenWith : null);
    }

    private static BackendEntry<T> Entry<T>(string name, string purpose, Func<BackendRequest, IBackend<T>> open, bool hasThreads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(typeof(T) == typeof(double) ? name + DoubleSuffix : name, purpose, request => (open(request), ""), hasThreads);

    /// <summary>The backends of one precision, where that is the one asked for.</summary>
    private static IEnumerable<BackendEntry<T>> Entries<T>(IEnumerable<BackendEntry<float>> entries)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => entries as IEnumerable<BackendEntry<T>> ?? [];
}
