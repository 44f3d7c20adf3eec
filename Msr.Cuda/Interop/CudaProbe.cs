namespace Msr.Cuda.Interop;

/// <summary>
/// Finds and loads the driver, cuBLAS and cuDNN of this system. No function of them is called: a stub driver or a missing device shows when a
/// backend is opened.
/// </summary>
public static class CudaProbe
{
    internal const string DriverName = "driver";
    internal const string CublasName = "cuBLAS";
    internal const string CudnnName = "cuDNN";

    private static readonly LibraryNames Linux = new(
        ["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"],
        [("libcublasLt.so.13", "libcublas.so.13"), ("libcublasLt.so.12", "libcublas.so.12")],
        ["libcudnn.so.9", "libcudnn.so.8"]);

    private static readonly LibraryNames Windows = new(
        ["nvcuda.dll"],
        [("cublasLt64_13.dll", "cublas64_13.dll"), ("cublasLt64_12.dll", "cublas64_12.dll")],
        ["cudnn64_9.dll", "cudnn64_8.dll"]);

    /// <summary>Loads the libraries.</summary>
    /// <param name="options">Where to look.</param>
    /// <param name="reason">Why there are none, in one sentence that says what to install; empty where there are.</param>
    /// <returns>The libraries, which the caller disposes of; null where driver or cuBLAS are missing. cuDNN may be missing.</returns>
    public static CudaLibraries? TryLoad(CudaProbeOptions options, out string reason)
    {
        CudaLibraries? libraries = TryLoad(options, out CudaProbeReport report);
        reason = report.Reason;
        return libraries;
    }

    /// <summary>Loads the libraries and tells where it looked.</summary>
    /// <param name="options">Where to look.</param>
    /// <param name="report">Every name tried and what was found.</param>
    /// <returns>The libraries, which the caller disposes of; null where driver or cuBLAS are missing. cuDNN may be missing.</returns>
    public static CudaLibraries? TryLoad(CudaProbeOptions options, out CudaProbeReport report)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool windows = OperatingSystem.IsWindows();
        IReadOnlyList<string> folders = new LibraryFolders(Environment.GetEnvironmentVariable, windows).Find();
        return new LibrarySearch(options, windows ? Windows : Linux, folders).TryLoad(out report);
    }

    /// <summary>Tells what <see cref="TryLoad(CudaProbeOptions, out string)"/> would find, and keeps nothing loaded.</summary>
    /// <param name="options">Where to look.</param>
    public static CudaProbeReport Report(CudaProbeOptions options)
    {
        TryLoad(options, out CudaProbeReport report)?.Dispose();
        return report;
    }
}

/// <summary>The search path of <see cref="CudaProbe"/>.</summary>
public sealed record CudaProbeOptions
{
    /// <summary>A folder to look in before everywhere else; null for none.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Whether to look where the system does, in <c>CUDA_PATH</c>, the toolkit's usual folder and Python's packages as well. Without,
    /// <see cref="Folder"/> must have all.
    /// </summary>
    public bool SearchesSystem { get; init; } = true;
}

/// <summary>The result of a search for the CUDA libraries.</summary>
/// <param name="Attempts">The names that were tried, in order.</param>
/// <param name="Reason">Why CUDA cannot be used, in one sentence that says what to install; empty where it can.</param>
public sealed record CudaProbeReport(IReadOnlyList<CudaProbeAttempt> Attempts, string Reason)
{
    /// <summary>The driver that was found; null for none.</summary>
    public string? Driver => Found(CudaProbe.DriverName);

    /// <summary>The cuBLAS that was found; null for none.</summary>
    public string? Cublas => Found(CudaProbe.CublasName);

    /// <summary>The cuDNN that was found; null for none, which is allowed.</summary>
    public string? Cudnn => Found(CudaProbe.CudnnName);

    private string? Found(string library) =>
        Attempts.FirstOrDefault(attempt => attempt.Loaded && attempt.Library == library)?.Name;
}

/// <summary>One name under which <see cref="CudaProbe"/> looked for a library.</summary>
/// <param name="Library">The library: <c>driver</c>, <c>cuBLAS</c> or <c>cuDNN</c>.</param>
/// <param name="Name">A path, or a bare name that was left to the system's own search.</param>
/// <param name="Loaded">Whether it was loaded.</param>
/// <param name="Problem">Why a file that exists could not be loaded; null otherwise.</param>
public sealed record CudaProbeAttempt(string Library, string Name, bool Loaded, string? Problem);
