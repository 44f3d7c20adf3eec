using System.Runtime.InteropServices;
using Msr.Cuda.Interop;

namespace PropertyTests.Cuda.Interop;

/// <summary>Where libraries are looked for, in which order, and what is said of it.</summary>
public sealed class CudaProbeTests : IDisposable
{
    private static readonly LibraryNames Names = new(
        ["libcuda.so.1"],
        [("libcublasLt.so.13", "libcublas.so.13"), ("libcublasLt.so.12", "libcublas.so.12")],
        ["libcudnn.so.9", "libcudnn.so.8"]);

    private delegate int SystemNative_GetPid();

    private readonly string _root = Directory.CreateTempSubdirectory("msr-probe-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void An_empty_folder_has_every_name_tried()
    {
        Assert.Null(CudaProbe.TryLoad(new CudaProbeOptions { Folder = _root, SearchesSystem = false }, out CudaProbeReport report));
        string[] names = OperatingSystem.IsWindows()
            ? ["nvcuda.dll", "cublas64_13.dll", "cublas64_12.dll", "cudnn64_9.dll", "cudnn64_8.dll"]
            : ["libcuda.so.1", "libcuda.so.1", "libcublas.so.13", "libcublas.so.12", "libcudnn.so.9", "libcudnn.so.8"];
        Assert.Equal(names.Select(name => Path.Combine(_root, name)), report.Attempts.Select(static attempt => attempt.Name));
        Assert.All(report.Attempts, static attempt => Assert.False(attempt.Loaded));
        Assert.StartsWith("No NVIDIA driver found (tried ", report.Reason, StringComparison.Ordinal);
        Assert.EndsWith("install a driver for CUDA 12 or newer.", report.Reason, StringComparison.Ordinal);
        Assert.Null(CudaProbe.TryLoad(new CudaProbeOptions { Folder = _root, SearchesSystem = false }, out string reason));
        Assert.Equal(report.Reason, reason);
    }

    [Fact]
    public void A_driver_alone_is_not_enough()
    {
        Put(_root, "libcuda.so.1");
        Assert.Null(Search(new CudaProbeOptions { Folder = _root, SearchesSystem = false }, [], out CudaProbeReport report));
        Assert.Equal(Path.Combine(_root, "libcuda.so.1"), report.Driver);
        Assert.StartsWith("No cuBLAS found (tried ", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Driver_and_cublas_are_enough_and_cudnn_is_taken_where_it_is()
    {
        Put(_root, "libcuda.so.1", "libcublas.so.12", "libcublasLt.so.12");
        using (CudaLibraries libraries = Search(new CudaProbeOptions { Folder = _root, SearchesSystem = false }, [], out CudaProbeReport report)!)
        {
            Assert.Null(libraries.Cudnn);
            Assert.Equal("", report.Reason);
            Assert.Equal(Path.Combine(_root, "libcublas.so.12"), libraries.Cublas.Name);
            Assert.True(libraries.Driver.TryGetExport("SystemNative_Read", out nint address));
            Assert.NotEqual(0, address);
            Assert.False(libraries.Driver.TryGetExport("cuInit", out _));
            libraries.Dispose();
            Assert.Throws<ObjectDisposedException>(() => libraries.Driver.TryGetExport("SystemNative_Read", out _));
        }

        Put(_root, "libcudnn.so.8");
        using CudaLibraries? more = Search(new CudaProbeOptions { Folder = _root, SearchesSystem = false }, [], out CudaProbeReport both);
        Assert.Equal(Path.Combine(_root, "libcudnn.so.8"), both.Cudnn);
    }

    [Fact]
    public void A_function_of_a_loaded_library_is_called_by_its_declaration()
    {
        Put(_root, "libcuda.so.1");
        using LoadedLibrary library = LoadedLibrary.TryLoad(Path.Combine(_root, "libcuda.so.1"), null, out _)!;
        Assert.Equal(Environment.ProcessId, library.Required<SystemNative_GetPid>("any")());
        Assert.Null(library.Optional<DriverFunctions.cuInit>());
    }

    [Fact]
    public void The_newer_name_wins_wherever_it_is_and_the_named_folder_comes_first()
    {
        string named = Sub("named"), other = Sub("other");
        Put(named, "libcuda.so.1", "libcublas.so.12", "libcudnn.so.9");
        Put(other, "libcublas.so.13", "libcudnn.so.9");
        CudaProbeOptions options = new() { Folder = named };
        using CudaLibraries? libraries = Search(options, [other], out CudaProbeReport report);
        Assert.Equal(Path.Combine(named, "libcuda.so.1"), report.Driver);
        Assert.Equal(Path.Combine(named, "libcudnn.so.9"), report.Cudnn);
        Assert.Equal(
            [Path.Combine(named, "libcublas.so.13"), "libcublas.so.13", Path.Combine(other, "libcublas.so.13")],
            report.Attempts.Where(static attempt => attempt.Library == "cuBLAS").Select(static attempt => attempt.Name));
    }

    [Fact]
    public void A_file_that_does_not_load_is_told_from_none()
    {
        File.WriteAllText(Path.Combine(_root, "libcuda.so.1"), "no library");
        Assert.Null(Search(new CudaProbeOptions { Folder = _root, SearchesSystem = false }, [], out CudaProbeReport report));
        Assert.StartsWith($"NVIDIA driver found as {Path.Combine(_root, "libcuda.so.1")} does not load (", report.Reason, StringComparison.Ordinal);
        Assert.NotNull(report.Attempts[0].Problem);
    }

    [Fact]
    public void Python_packages_are_found_beside_python_and_in_the_home_folder()
    {
        string bin = Sub("venv/bin"), old = Sub("venv/lib/python3.9/site-packages/nvidia/cudnn/lib");
        File.WriteAllText(Path.Combine(bin, "python3"), "");
        string cublas = Sub("venv/lib/python3.13/site-packages/nvidia/cublas/lib"), cu13 = Sub("venv/lib/python3.13/site-packages/nvidia/cu13/lib");
        string home = Sub("home/.local/lib/python3.13/site-packages/nvidia/cudnn/lib"), noPython = Sub("plain/bin");
        IReadOnlyList<string> folders = Folders(windows: false, ("PATH", $"relative:{noPython}:{bin}"), ("HOME", Path.Combine(_root, "home")));
        Assert.Equal([cublas, cu13, old, home], folders.Where(folder => folder.StartsWith(_root, StringComparison.Ordinal)));
        Assert.All(folders, static folder => Assert.True(Path.IsPathRooted(folder)));
    }

    [Fact]
    public void The_toolkit_that_is_named_comes_before_the_usual_one()
    {
        string toolkit = Path.Combine(_root, "cuda");
        Assert.Equal(
            [Path.Combine(toolkit, "lib64"), Path.Combine(toolkit, "lib"), "/usr/local/cuda/lib64"],
            Folders(windows: false, ("CUDA_PATH", toolkit)).Take(3));
        Assert.Equal([Path.Combine(toolkit, "bin"), Path.Combine(toolkit, @"bin\x64")], Folders(windows: true, ("CUDA_PATH", toolkit)));
    }

    [Fact]
    public void A_relative_path_is_no_place_to_look() =>
        Assert.All(Folders(windows: false, ("CUDA_PATH", "cuda"), ("VIRTUAL_ENV", "venv")), static folder => Assert.True(Path.IsPathRooted(folder)));

    [Fact]
    public void The_report_of_this_system_keeps_nothing_loaded_and_gives_a_reason_where_there_is_none()
    {
        CudaProbeReport report = CudaProbe.Report(new CudaProbeOptions());
        Assert.NotEmpty(report.Attempts);
        Assert.Equal(report.Driver is null || report.Cublas is null, report.Reason.Length > 0);
    }

    private static void Put(string folder, params string[] names)
    {
        string any = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so");
        foreach (string name in names)
        {
            File.Copy(any, Path.Combine(folder, name));
        }
    }

    private static CudaLibraries? Search(CudaProbeOptions options, string[] folders, out CudaProbeReport report) =>
        new LibrarySearch(options, Names, folders).TryLoad(out report);

    private static IReadOnlyList<string> Folders(bool windows, params (string Name, string Value)[] variables) =>
        new LibraryFolders(name => variables.FirstOrDefault(variable => variable.Name == name).Value, windows).Find();

    private string Sub(string path) => Directory.CreateDirectory(Path.Combine(_root, path)).FullName;
}
