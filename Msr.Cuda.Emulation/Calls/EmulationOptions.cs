using System.Collections.Immutable;

namespace Msr.Cuda.Emulation.Calls;

/// <summary>An emulated CUDA installation: its devices, its versions, its missing libraries and exports, and its failing calls.</summary>
public sealed record EmulationOptions
{
    /// <summary>The number of devices. With none, <c>cuInit</c> returns 100 as a real driver does.</summary>
    public int DeviceCount { get; init; } = 1;

    /// <summary>The memory of each device in bytes. An allocation beyond it fails with 2.</summary>
    public long DeviceMemory { get; init; } = 1L << 30;

    /// <summary>The result of <c>cuDriverGetVersion</c>: 1000 × major + 10 × minor. It also decides which PTX is too new (222).</summary>
    public int DriverVersion { get; init; } = 13000;

    /// <summary>The compute capability, 10 × major + minor. From 80 on, cuBLAS and cuDNN round to TF32 where their settings allow it.</summary>
    public int ComputeCapability { get; init; } = 90;

    /// <summary>The result of <c>cuInit</c>: 0, or for instance 34 for the toolkit's stub and 803 for mismatched parts of a driver.</summary>
    public int InitStatus { get; init; }

    /// <summary>Whether there is cuBLAS. Without it, its library has no exports.</summary>
    public bool HasCublas { get; init; } = true;

    /// <summary>Whether there is cuDNN. Without it, <see cref="Interop.CudaLibraries.Cudnn"/> is null.</summary>
    public bool HasCudnn { get; init; } = true;

    /// <summary>The result of <c>cudnnGetVersion</c>: 10000 × major + 100 × minor + patch, or 1000 × major + … before cuDNN 9.</summary>
    public int CudnnVersion { get; init; } = 90600;

    /// <summary>
    /// Whether queued work runs. If not, launches, copies and products are checked and counted but leave memory unchanged: enough to see the calls
    /// of a backend for a network of real size.
    /// </summary>
    public bool DoesWork { get; init; } = true;

    /// <summary>
    /// Whether queued work runs only when the host waits for it, as late as a device may run it: a result that is read without waiting is then still
    /// poison. If not, work runs when it is queued.
    /// </summary>
    public bool DelaysWork { get; init; }

    /// <summary>Exports that the libraries lack, as older ones do.</summary>
    public ImmutableHashSet<string> MissingExports { get; init; } = [];

    /// <summary>
    /// Whether asynchronous copies may name host memory that is not pinned. CUDA allows it and then copies synchronously, which is seldom
    /// intended, so it is a fault unless allowed here.
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

    /// <summary>Refuses an invalid installation.</summary>
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

/// <summary>
/// An injected failure of a call. A creating call then creates nothing; a destroying call still destroys, as CUDA's calls do when they report an
/// earlier failure.
/// </summary>
public sealed record InjectedFailure
{
    /// <summary>Names the call.</summary>
    /// <param name="export">The function; null for any.</param>
    /// <param name="nthCall">Which of its calls, or of all calls; 1 for the first since the installation was made.</param>
    /// <param name="status">The status it returns, not 0, of its own library's numbering.</param>
    public InjectedFailure(string? export, long nthCall, int status)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nthCall, 1);
        ArgumentOutOfRangeException.ThrowIfZero(status);
        (Export, NthCall, Status) = (export, nthCall, status);
    }

    /// <summary>The function; null for any.</summary>
    public string? Export { get; }

    /// <summary>Which of its calls, or of all calls; 1 for the first.</summary>
    public long NthCall { get; }

    /// <summary>The status it returns.</summary>
    public int Status { get; }
}
