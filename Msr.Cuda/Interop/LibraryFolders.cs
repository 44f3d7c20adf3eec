namespace Msr.Cuda.Interop;

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
