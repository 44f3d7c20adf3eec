using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Cuda.Interop;
using Msr.Cuda.Memory;

namespace Msr.Cuda;

/// <summary>
/// The CUDA backend, in float32: own kernels, cuBLAS for matrix products, cuDNN for convolutions where it is present, one stream. Plans are recorded
/// as graphs. One thread at a time may use a backend; it need not be the one that opened it.
/// </summary>
public sealed class CudaBackend : IBackend<float>
{
    /// <summary>TF32 keeps 10 bits of mantissa; a tensor core may truncate to them.</summary>
    private const double Tf32InputRounding = 1.0 / (1 << 10);

    private readonly CudaDevice _device;
    private readonly bool _synchronizes;
    private int _running;
    private bool _disposed;

    /// <summary>Opens a device.</summary>
    /// <param name="libraries">The libraries, which the backend disposes of, also where it cannot be opened.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="CudaException">The driver, the device or a library refuses; the message says what to do.</exception>
    public CudaBackend(CudaLibraries libraries, CudaOptions options)
    {
        ArgumentNullException.ThrowIfNull(libraries);
        ArgumentNullException.ThrowIfNull(options);
        _device = new CudaDevice(libraries, options);
        _synchronizes = options.SynchronizeEveryOp;
        Info = new BackendInfo(
            options.Tf32 ? options.Name + ":tf32" : options.Name,
            _device.Description,
            options.Tf32 ? Accuracy.Single with { InputRounding = Tf32InputRounding } : Accuracy.Single,
            BitwiseGuarantees.Repeat | BitwiseGuarantees.ThreadCount,
            VectorBits: 0,
            Threads: 1);
    }

    /// <inheritdoc/>
    public BackendInfo Info { get; }

    /// <summary>Whether graphs may be recorded: waiting for every op would end a recording.</summary>
    internal bool RecordsGraphs => !_synchronizes;

    /// <summary>The memory and executables that are disposed of with the backend.</summary>
    internal OwnedResources Resources => _device.Resources;

    /// <summary>The stream.</summary>
    internal CudaStream Stream => _device.Stream;

    /// <summary>Opens a device with the libraries of this system.</summary>
    /// <param name="options">The options.</param>
    /// <param name="probe">Where to look for libraries.</param>
    /// <param name="backend">The backend, which the caller disposes of.</param>
    /// <param name="reason">The reason why there is none, one sentence that says what to do.</param>
    public static bool TryCreate(CudaOptions options, CudaProbeOptions probe, [NotNullWhen(true)] out CudaBackend? backend, out string reason)
    {
        backend = null;
        if (CudaProbe.TryLoad(probe, out reason) is not { } libraries)
        {
            return false;
        }

        try
        {
            backend = new CudaBackend(libraries, options);
            return true;
        }
        catch (CudaException refusal)
        {
            reason = refusal.Message;
            return false;
        }
    }

    /// <inheritdoc/>
    public bool Supports(Op<float> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return _device.Ops.Supports(op);
    }

    /// <summary>The library that computes a product; for a convolution by cuDNN also the number that cuDNN gives its algorithm.</summary>
    /// <param name="op">An op that the backend supports.</param>
    public string AlgorithmOf(Op<float> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using Lease lease = Take();
        return _device.Ops.AlgorithmOf(op);
    }

    /// <inheritdoc/>
    public DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged
    {
        using Lease lease = Take();
        return new CudaMemory<E>(_device.Context, _device.Resources, length);
    }

    /// <inheritdoc/>
    public void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, destination.Length);
        using Lease lease = Take();
        _device.Staging.Upload(MemoryMarshal.AsBytes(source), CudaMemory<E>.AddressOf(destination));
    }

    /// <inheritdoc/>
    public void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, source.Length);
        using Lease lease = Take();
        _device.Staging.Download(CudaMemory<E>.AddressOf(source), MemoryMarshal.AsBytes(destination));
    }

    /// <inheritdoc/>
    public void Synchronize()
    {
        using Lease lease = Take();
        _device.Stream.Synchronize();
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">There is no kernel for the op.</exception>
    /// <exception cref="CudaException">A call failed; its message names the op.</exception>
    public void Run(Op<float> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        using Lease lease = Take();
        _device.Workspace.Reserve(Prepare(op));
        Queue(new Pass(op), _device.Workspace.Address);
    }

    /// <inheritdoc/>
    public IExecutable<float> Compile(Plan<float> plan, CompileOptions options) =>
        RecordsGraphs ? new CudaExecutable(this, plan, options) : new Interpreter<float>(this, plan, options);

    /// <summary>Waits for the stream and releases the device. Safe to call twice.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            _device.Dispose();
        }
    }

    /// <summary>Chooses algorithms for an op.</summary>
    /// <returns>The bytes of workspace that the op needs.</returns>
    internal long Prepare(Op<float> op) => _device.Ops.Prepare(op);

    /// <summary>Whether one pass over memory can run two ops, one after the other.</summary>
    internal bool RunsTogether(Op<float> first, Op<float> second) => _device.Ops.RunsTogether(first, second);

    /// <summary>Queues ops that were prepared.</summary>
    internal void Queue(in Pass pass, ulong workspace)
    {
        try
        {
            Dispatch(pass, workspace);
            if (_synchronizes)
            {
                _device.Stream.Synchronize();
            }
        }
        catch (CudaException failure) when (failure.Operation is null)
        {
            throw failure.During(pass.Then is null ? pass.Op.Name : $"{pass.Op.Name} with {pass.Then.Name}");
        }
    }

    /// <summary>Takes the backend for the calling thread, until the lease is disposed of.</summary>
    /// <exception cref="InvalidOperationException">Another thread has it.</exception>
    internal Lease Take()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            throw new InvalidOperationException($"Two threads use one '{Info.Name}' backend at once; open a backend for each.");
        }

        try
        {
            _device.Context.MakeCurrent();
            return new Lease(this);
        }
        catch
        {
            Volatile.Write(ref _running, 0);
            throw;
        }
    }

    /// <summary>Scratch memory of its own for an executable.</summary>
    internal Workspace NewWorkspace() => new(_device.Context);

    /// <summary>Room for the losses of the last batches of an executable.</summary>
    internal PinnedReports NewReports(int kept, int batch) => new(_device.Context, _device.Stream, kept, batch);

    private void Dispatch(in Pass pass, ulong workspace)
    {
        if (pass.Then is { } second)
        {
            _device.Ops.RunTogether(pass.Op, second, workspace);
        }
        else if (!_device.Ops.TryRun(pass.Op, workspace))
        {
            throw new NotSupportedException($"Backend '{Info.Name}' does not support {pass.Op.Name}.");
        }
    }

    /// <summary>The right of one thread to use the backend.</summary>
    internal readonly ref struct Lease(CudaBackend backend)
    {
        /// <summary>Returns the backend.</summary>
        public void Dispose() => Volatile.Write(ref backend._running, 0);
    }
}

/// <summary>The options of a <see cref="CudaBackend"/>.</summary>
public sealed record CudaOptions
{
    /// <summary>The name the backend goes by.</summary>
    public string Name { get; init; } = "cuda";

    /// <summary>The ordinal of the device, from 0, in the driver's order.</summary>
    public int Device { get; init; }

    /// <summary>
    /// Whether products may round their inputs to TF32: 10 bits of mantissa. It is then declared as <see cref="Core.Backends.Accuracy.InputRounding"/>.
    /// </summary>
    public bool Tf32 { get; init; }

    /// <summary>Whether to ignore cuDNN even where it is present: convolutions then unfold their input and multiply matrices.</summary>
    public bool WithoutCudnn { get; init; }

    /// <summary>Whether to wait after every op, so that a failure names the op that caused it, and to record no graphs.</summary>
    public bool SynchronizeEveryOp { get; init; }
}
