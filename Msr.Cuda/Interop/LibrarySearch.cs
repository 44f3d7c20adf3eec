namespace Msr.Cuda.Interop;

/// <summary>One search for the libraries. Each name is tried in every place before the next, older one.</summary>
/// <param name="options">The search path.</param>
/// <param name="names">The names of the libraries.</param>
/// <param name="folders">Further folders, where the options allow them.</param>
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
                // A library loaded by path may not find its neighbour, so the neighbour is loaded first.
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

    /// <summary>The explicit folder first, then the system's own search, then the usual folders.</summary>
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

/// <summary>
/// The folders where CUDA's libraries may lie beyond the system's own search: the toolkit's, and those of Python's packages. Variables of
/// the environment only say where to look.
/// </summary>
/// <param name="variable">A variable of the environment; null where it is not set.</param>
/// <param name="windows">Whether to look as on Windows.</param>
internal sealed class LibraryFolders(Func<string, string?> variable, bool windows)
{
    private static readonly string[] LinuxPackages = ["nvidia/cublas/lib", "nvidia/cudnn/lib", "nvidia/cu13/lib"];
    private static readonly string[] WindowsPackages =
        [@"nvidia\cublas\bin", @"nvidia\cudnn\bin", @"nvidia\cu13\bin\x86_64", @"nvidia\cu13\bin"];

    /// <summary>The folders, best first, each once, with absolute paths. Those of Python's packages exist; the toolkit's need not.</summary>
    public IReadOnlyList<string> Find()
    {
        List<string> folders = [.. Toolkit()];
        string[] packages = windows ? WindowsPackages : LinuxPackages;
        IEnumerable<string> inPackages =
            from site in windows ? WindowsSites() : LinuxSites()
            from package in packages
            let folder = Path.Combine(site, package)
            where Directory.Exists(folder)
            select folder;
        folders.AddRange(inPackages);

        // A relative path would depend on where the program was started.
        return [.. folders.Where(Path.IsPathRooted).Distinct(StringComparer.Ordinal)];
    }

    private static string Parent(string folder) => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? folder;

    /// <summary>The subfolders of that pattern, newest Python first; none where the folder cannot be read.</summary>
    private static IEnumerable<string> Subfolders(string folder, string pattern)
    {
        try
        {
            // By length first: 3.13 is newer than 3.9.
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateDirectories(folder, pattern)
                    .OrderByDescending(static path => path.Length)
                    .ThenByDescending(static path => path, StringComparer.Ordinal)]
                : [];
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            return [];
        }
    }

    private IEnumerable<string> Toolkit()
    {
        if (variable("CUDA_PATH") is { Length: > 0 } toolkit)
        {
            string[] below = windows ? ["bin", @"bin\x64"] : ["lib64", "lib"];
            foreach (string folder in below)
            {
                yield return Path.Combine(toolkit, folder);
            }
        }

        if (!windows)
        {
            yield return "/usr/local/cuda/lib64";
        }
    }

    private IEnumerable<string> LinuxSites() =>
        from prefix in LinuxPrefixes().Distinct(StringComparer.Ordinal)
        from library in (string[])["lib", "lib64"]
        from python in Subfolders(Path.Combine(prefix, library), "python3*")
        from packages in (string[])["site-packages", "dist-packages"]
        select Path.Combine(python, packages);

    private IEnumerable<string> LinuxPrefixes()
    {
        foreach (string environment in Environments())
        {
            yield return environment;
        }

        foreach (string folder in SearchPath().Where(static folder => File.Exists(Path.Combine(folder, "python3"))))
        {
            yield return Parent(folder);
        }

        if (variable("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".local");
        }

        yield return "/usr/local";
        yield return "/usr";
        yield return "/opt/conda";
    }

    private IEnumerable<string> WindowsSites()
    {
        IEnumerable<string> prefixes = SearchPath()
            .Where(static folder => File.Exists(Path.Combine(folder, "python.exe")))
            .SelectMany(static folder => (string[])[folder, Parent(folder)]);
        foreach (string prefix in Environments().Concat(prefixes))
        {
            yield return Path.Combine(prefix, "Lib", "site-packages");
        }

        foreach ((string name, string below) in ((string, string)[])[("APPDATA", "Python"), ("LOCALAPPDATA", @"Programs\Python")])
        {
            if (variable(name) is { Length: > 0 } folder)
            {
                foreach (string python in Subfolders(Path.Combine(folder, below), "Python3*"))
                {
                    yield return Path.Combine(python, name == "APPDATA" ? "site-packages" : @"Lib\site-packages");
                }
            }
        }
    }

    private IEnumerable<string> Environments() =>
        from name in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"]
        let folder = variable(name)
        where !string.IsNullOrEmpty(folder)
        select folder;

    private string[] SearchPath() =>
        (variable("PATH") ?? "").Split(windows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
