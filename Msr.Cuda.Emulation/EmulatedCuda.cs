using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Libraries;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation;

/// <summary>
/// A whole CUDA installation on the CPU: a driver whose kernels a PTX interpreter runs, cuBLAS and cuDNN. It checks every handle, range, context and
/// lifetime, records misuse in <see cref="Faults"/>, and returns the status that CUDA would. Work runs when it is queued, or when the host
/// waits for it, and is recorded where its stream is captured. Installations share nothing, and any thread may call them.
/// </summary>
public sealed class EmulatedCuda : IDisposable
{
    private readonly CallGate _gate;
    private readonly EmulatedDriver _driver;
    private readonly HandleTable _handles = new();
    private readonly HostArithmetic _arithmetic = new();
    private readonly NativeText _text = new();
    private bool _disposed;

    /// <summary>Creates an installation.</summary>
    /// <param name="options">The installation; the default when left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public EmulatedCuda(EmulationOptions? options = null)
    {
        options ??= new EmulationOptions();
        options.Validate();
        Options = options;
        _gate = new CallGate(options);
        _driver = new EmulatedDriver(options, _gate, _handles);
        Libraries = new CudaLibraries(Driver(options), Cublas(options), options.HasCudnn ? Cudnn(options) : null);
    }

    /// <summary>The options of the installation.</summary>
    public EmulationOptions Options { get; }

    /// <summary>Its libraries. Once they are disposed of, calling their functions is a fault.</summary>
    public CudaLibraries Libraries { get; }

    /// <summary>Every misuse so far, in order.</summary>
    public IReadOnlyList<EmulationFault> Faults => _gate.Faults;

    /// <summary>The latest misuse; null for none.</summary>
    public EmulationFault? LastFault => _gate.Faults is [.., var last] ? last : null;

    /// <summary>The names of all calls in order, where <see cref="EmulationOptions.RecordCalls"/> is set.</summary>
    public IReadOnlyList<string> Calls => _gate.Calls;

    /// <summary>The number of calls.</summary>
    public long CallCount => _gate.Count;

    /// <summary>The resources that were created and not released.</summary>
    public LiveHandles Live => _gate.Locked(() => new LiveHandles
    {
        ContextRetains = _driver.Devices.Sum(device => device.Retains),
        Streams = _handles.Count<EmulatedStream>(),
        Events = _handles.Count<EmulatedEvent>(),
        Modules = _handles.Count<EmulatedModule>(),
        Allocations = _driver.Devices.Sum(device => device.Memory.LiveBlocks),
        Pinned = _driver.Pinned.Count,
        Captures = _driver.OpenCaptures,
        Graphs = _handles.Count<EmulatedGraph>(),
        GraphExecutables = _handles.Count<EmulatedGraphExecutable>(),
        Cublas = _handles.Count<EmulatedCublas>(),
        Cudnn = _handles.Count<EmulatedCudnn>(),
        Descriptors = _handles.Count<EmulatedTensor>() + _handles.Count<EmulatedFilter>() + _handles.Count<EmulatedConvolution>(),
    });

    /// <summary>The number of calls of a function.</summary>
    /// <param name="export">Its name, such as <c>cuMemAlloc_v2</c>.</param>
    public long CallsOf(string export) => _gate.CountOf(export);

    /// <summary>Makes a call of a function fail.</summary>
    /// <param name="export">The function, such as <c>cuMemAlloc_v2</c>.</param>
    /// <param name="nthCall">Which of its calls, counted from the beginning of the installation, 1 for the first.</param>
    /// <param name="status">The status it returns.</param>
    public void FailAt(string export, long nthCall, int status)
    {
        ArgumentException.ThrowIfNullOrEmpty(export);
        _gate.Add(new InjectedFailure(export, nthCall, status));
    }

    /// <summary>Makes a call of any function fail.</summary>
    /// <param name="nthCall">Which of all calls, counted from the beginning of the installation, 1 for the first.</param>
    /// <param name="status">The status it returns.</param>
    public void FailAtCall(long nthCall, int status) => _gate.Add(new InjectedFailure(null, nthCall, status));

    /// <summary>Checks the guards around pinned memory and freed pinned memory, and records an overwritten one as a fault.</summary>
    /// <returns>Whether no guard was overwritten.</returns>
    public bool CheckPinnedMemory()
    {
        if (_gate.Locked(_driver.Pinned.FindDamage) is not { } damage)
        {
            return true;
        }

        _gate.Report(nameof(CheckPinnedMemory), new InvalidOperationException(damage));
        return false;
    }

    /// <summary>Frees the installation and all its memory, including pinned memory. Nothing may call it afterwards.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        CheckPinnedMemory();
        Libraries.Dispose();
        _driver.Dispose();
        _arithmetic.Dispose();
        _text.Dispose();
        _handles.Dispose();
    }

    private EmulatedLibrary Driver(EmulationOptions options)
    {
        EmulatedLibrary library = new("the emulated CUDA driver", options, CudaStatus.Unknown, CudaStatus.Deinitialized);
        _ = new DeviceExports(library, _gate, _driver, _text);
        _ = new MemoryExports(library, _gate, _driver);
        _ = new CopyExports(library, _gate, _driver);
        _ = new StreamExports(library, _gate, _driver);
        _ = new ModuleExports(library, _gate, _driver);
        _ = new LaunchExports(library, _gate, _driver);
        _ = new GraphExports(library, _gate, _driver);
        return library;
    }

    private EmulatedLibrary Cublas(EmulationOptions options)
    {
        EmulatedLibrary library = new(
            options.HasCublas ? "the emulated cuBLAS" : "the empty emulated cuBLAS",
            options,
            CublasStatus.InternalError,
            CublasStatus.NotInitialized,
            CublasStatus.For);
        if (options.HasCublas)
        {
            _ = new CublasExports(library, _gate, _driver, _arithmetic, _text);
        }

        return library;
    }

    private EmulatedLibrary Cudnn(EmulationOptions options)
    {
        EmulatedLibrary library = new(
            "the emulated cuDNN", options, CudnnStatus.InternalError, CudnnStatus.NotInitialized, CudnnStatus.For);
        _ = new CudnnHandleExports(library, _gate, _driver, _text);
        _ = new CudnnDescriptorExports(library, _gate, _driver);
        _ = new CudnnAlgorithmExports(library, _gate, _driver);
        _ = new CudnnConvolutionExports(library, _gate, _driver, _arithmetic);
        return library;
    }
}

/// <summary>The resources that were created and not yet released, by kind. All are 0 once everything is disposed of; anything else is a leak.</summary>
public sealed record LiveHandles
{
    /// <summary>Retains of primary contexts without a release.</summary>
    public int ContextRetains { get; init; }

    /// <summary>Streams.</summary>
    public int Streams { get; init; }

    /// <summary>Events.</summary>
    public int Events { get; init; }

    /// <summary>Modules.</summary>
    public int Modules { get; init; }

    /// <summary>Blocks of device memory.</summary>
    public int Allocations { get; init; }

    /// <summary>Blocks of pinned host memory.</summary>
    public int Pinned { get; init; }

    /// <summary>Captures that were begun and not ended.</summary>
    public int Captures { get; init; }

    /// <summary>Graphs.</summary>
    public int Graphs { get; init; }

    /// <summary>Executable graphs.</summary>
    public int GraphExecutables { get; init; }

    /// <summary>cuBLAS handles.</summary>
    public int Cublas { get; init; }

    /// <summary>cuDNN handles.</summary>
    public int Cudnn { get; init; }

    /// <summary>cuDNN descriptors of tensors, filters and convolutions.</summary>
    public int Descriptors { get; init; }

    /// <summary>All of them.</summary>
    public int Total =>
        ContextRetains + Streams + Events + Modules + Allocations + Pinned + Captures + Graphs + GraphExecutables + Cublas + Cudnn + Descriptors;

    /// <summary>The counts of all live kinds, or "nothing".</summary>
    public override string ToString()
    {
        (int Count, string Kind)[] kinds =
        [
            (ContextRetains, "context retains"), (Streams, "streams"), (Events, "events"), (Modules, "modules"), (Allocations, "allocations"),
            (Pinned, "pinned blocks"), (Captures, "open captures"), (Graphs, "graphs"), (GraphExecutables, "executable graphs"),
            (Cublas, "cuBLAS handles"), (Cudnn, "cuDNN handles"), (Descriptors, "descriptors"),
        ];
        string left = string.Join(", ", kinds.Where(kind => kind.Count != 0).Select(kind => $"{kind.Count} {kind.Kind}"));
        return left.Length == 0 ? "nothing" : left;
    }
}
