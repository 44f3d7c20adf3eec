using System.Collections.Immutable;

namespace Msr.Cuda.Emulation;

/// <summary>What an emulated CUDA installation is like: its devices, its age, what it lacks, and which of its calls fail.</summary>
public sealed record EmulationOptions
{
    /// <summary>The number of devices. With none, <c>cuInit</c> answers 100 as a real driver does.</summary>
    public int DeviceCount { get; init; } = 1;

    /// <summary>The memory of each device in bytes. An allocation beyond it fails with 2.</summary>
    public long DeviceMemory { get; init; } = 1L << 30;

    /// <summary>What <c>cuDriverGetVersion</c> answers: 1000 × major + 10 × minor. It also decides which PTX is too new (222).</summary>
    public int DriverVersion { get; init; } = 13000;

    /// <summary>The compute capability, 10 × major + minor. From 80 on, cuBLAS and cuDNN round to TF32 where their settings allow it.</summary>
    public int ComputeCapability { get; init; } = 90;

    /// <summary>What <c>cuInit</c> answers: 0, or for instance 34 for the toolkit's stub and 803 for mismatched parts of a driver.</summary>
    public int InitStatus { get; init; }

    /// <summary>Whether there is cuBLAS. Without it, its library is there but empty.</summary>
    public bool HasCublas { get; init; } = true;

    /// <summary>Whether there is cuDNN. Without it, <see cref="Interop.CudaLibraries.Cudnn"/> is null.</summary>
    public bool HasCudnn { get; init; } = true;

    /// <summary>What <c>cudnnGetVersion</c> answers: 10000 × major + 100 × minor + patch, or 1000 × major + … before cuDNN 9.</summary>
    public int CudnnVersion { get; init; } = 90600;

    /// <summary>
    /// Whether work that is given to streams is done. If not, launches, copies and products are checked and counted but leave memory as it is: enough
    /// to see what a backend queues for a network of real size.
    /// </summary>
    public bool DoesWork { get; init; } = true;

    /// <summary>Exports that the libraries lack, as older ones do.</summary>
    public ImmutableHashSet<string> MissingExports { get; init; } = [];

    /// <summary>
    /// Whether asynchronous copies may name host memory that is not pinned. CUDA allows it and then copies synchronously, which is seldom meant; so
    /// it is a fault unless allowed here.
    /// </summary>
    public bool AllowPageableCopies { get; init; }

    /// <summary>Whether the name of every call is kept in <see cref="EmulatedCuda.Calls"/>. Calls are counted anyway.</summary>
    public bool RecordCalls { get; init; } = true;

    /// <summary>Changes the text of a module before it is loaded, to plant a defect in a kernel; null to load it as it is.</summary>
    public Func<string, string>? RewritePtx { get; init; }

    /// <summary>The calls that fail.</summary>
    public ImmutableArray<InjectedFailure> Failures { get; init; } = [];

    /// <summary>The same installation where one call of a function fails.</summary>
    /// <param name="export">The function, such as <c>cuMemAlloc_v2</c>.</param>
    /// <param name="nthCall">Which of its calls, 1 for the first.</param>
    /// <param name="status">The status it returns, of its own library's numbering.</param>
    public EmulationOptions FailAt(string export, long nthCall, int status) =>
        this with { Failures = Failures.Add(new InjectedFailure(export, nthCall, status)) };

    /// <summary>The same installation where one call fails, whichever function it calls.</summary>
    /// <param name="nthCall">Which of all calls, 1 for the first.</param>
    /// <param name="status">The status it returns.</param>
    public EmulationOptions FailAtCall(long nthCall, int status) =>
        this with { Failures = Failures.Add(new InjectedFailure(null, nthCall, status)) };

    /// <summary>Refuses what no installation can be.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(DeviceCount);
        ArgumentOutOfRangeException.ThrowIfNegative(DeviceMemory);
        ArgumentOutOfRangeException.ThrowIfLessThan(DriverVersion, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(ComputeCapability, 30);
        ArgumentOutOfRangeException.ThrowIfNegative(InitStatus);
        ArgumentNullException.ThrowIfNull(MissingExports);
    }
}
