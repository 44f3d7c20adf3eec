namespace Msr.Cuda.Interop;

/// <summary>One search for the libraries. Each name is tried in every place before the next, older one.</summary>
/// <param name="options">Where to look.</param>
/// <param name="names">What to look for.</param>
/// <param name="folders">Where else to look, where the options allow it.</param>
internal sealed class LibrarySearch(CudaProbeOptions options, LibraryNames names, IReadOnlyList<string> folders)
{
    private readonly List<CudaProbeAttempt> _attempts = [];

    /// <summary>Loads the libraries and tells where it looked.</summary>
    /// <param name="report">Every name tried and what was found.</param>
    /// <returns>The libraries; null where driver or cuBLAS are missing.</returns>
    public CudaLibraries? TryLoad(out CudaProbeReport report)
    {
        LoadedLibrary? driver = FirstOf(CudaProbe.DriverName, names.Drivers, []);
        LoadedLibrary? cublas = FirstCublas();
        LoadedLibrary? cudnn = FirstOf(CudaProbe.CudnnName, names.Cudnn, folders);
        string reason = ReasonFor(driver, cublas);
        report = new CudaProbeReport(_attempts, reason);
        if (driver is not null && cublas is not null)
        {
            return new CudaLibraries(driver, cublas, cudnn);
        }

        cudnn?.Dispose();
        cublas?.Dispose();
        driver?.Dispose();
        return null;
    }

    private LoadedLibrary? FirstCublas()
    {
        foreach ((string needed, string name) in names.Cublas)
        {
            foreach (string path in Candidates(name, folders))
            {
                // Loaded by path it need not find its own neighbour, so the neighbour comes first.
                string neighbour = Path.IsPathRooted(path) ? Path.Combine(Path.GetDirectoryName(path)!, needed) : needed;
                LoadedLibrary? first = LoadedLibrary.TryLoad(neighbour, null, out string? neighbourProblem);
                if (Try(CudaProbe.CublasName, path, first, neighbourProblem) is { } cublas)
                {
                    return cublas;
                }

                first?.Dispose();
            }
        }

        return null;
    }

    private LoadedLibrary? FirstOf(string library, string[] wanted, IReadOnlyList<string> places)
    {
        foreach (string name in wanted)
        {
            foreach (string path in Candidates(name, places))
            {
                if (Try(library, path, null, null) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    private LoadedLibrary? Try(string library, string path, LoadedLibrary? needed, string? neededProblem)
    {
        LoadedLibrary? found = LoadedLibrary.TryLoad(path, needed, out string? problem);
        _attempts.Add(new CudaProbeAttempt(library, path, found is not null, found is null ? problem ?? neededProblem : null));
        return found;
    }

    /// <summary>The explicit folder first: who names one means it. Then the system's own search, then the usual places.</summary>
    private IEnumerable<string> Candidates(string name, IReadOnlyList<string> places)
    {
        if (options.Folder is { } folder)
        {
            yield return Path.GetFullPath(Path.Combine(folder, Path.GetFileName(name)));
        }

        if (!options.SearchesSystem)
        {
            yield break;
        }

        yield return name;
        foreach (string place in places)
        {
            yield return Path.Combine(place, name);
        }
    }

    private string ReasonFor(LoadedLibrary? driver, LoadedLibrary? cublas)
    {
        if (driver is null)
        {
            return Missing("NVIDIA driver", CudaProbe.DriverName, "install a driver for CUDA 12 or newer");
        }

        return cublas is not null
            ? ""
            : Missing(
                "cuBLAS",
                CudaProbe.CublasName,
                "install the CUDA toolkit 12 or 13 or the Python package nvidia-cublas-cu12, or name the folder that has it");
    }

    private string Missing(string what, string library, string advice)
    {
        CudaProbeAttempt[] tried = [.. _attempts.Where(attempt => attempt.Library == library)];
        return tried.FirstOrDefault(static attempt => attempt.Problem is not null) is { } broken
            ? $"{what} found as {broken.Name} does not load ({broken.Problem}): {advice}."
            : $"No {what} found (tried {string.Join(", ", tried.Select(static attempt => attempt.Name))}): {advice}.";
    }
}

/// <summary>The file names of the libraries on one system, best first.</summary>
/// <param name="Drivers">The driver's: bare names, and paths that are tried as they are.</param>
/// <param name="Cublas">cuBLAS's, each with the library that it needs loaded first.</param>
/// <param name="Cudnn">cuDNN's.</param>
internal sealed record LibraryNames(string[] Drivers, (string Needed, string Name)[] Cublas, string[] Cudnn);
