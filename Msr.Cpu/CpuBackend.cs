using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Cpu.Convolution;
using Msr.Cpu.Convolution.Winograd;
using Msr.Cpu.Execution;
using Msr.Cpu.Kernels;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;

namespace Msr.Cpu;

/// <summary>
/// The fast backend: vectors as wide as the processor's, all cores, one generic source for float32 and float64 and for every vector width. Its
/// bits depend on the vector width (see <see cref="BackendInfo.VectorBits"/>) but on no number of threads, and a sample's on no other sample.
/// One thread at a time may use a backend: it brings its own threads.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic: <see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class CpuBackend<T> : IBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly KernelRunner<T> _runner;
    private readonly int? _microBatch;

    /// <summary>Opens the backend and starts its threads.</summary>
    /// <param name="threads">The number of threads; 0 for one per core.</param>
    /// <param name="path">The vector width; the widest that the processor accelerates when left out. Wider ones work too, slowly.</param>
    /// <param name="convolutions">How convolutions are computed. In float64 always by definition: it is there to be trusted.</param>
    /// <param name="microBatch">The samples that a compiled plan takes at a time; the plan decides when left out.</param>
    /// <exception cref="NotSupportedException">The element type is neither <see cref="float"/> nor <see cref="double"/>.</exception>
    public CpuBackend(int threads = 0, VectorPath? path = null, ConvolutionAlgorithm convolutions = ConvolutionAlgorithm.Fastest, int? microBatch = null)
    {
        bool single = typeof(T) == typeof(float);
        bool winograd = single && convolutions == ConvolutionAlgorithm.Fastest;
        if (!single && typeof(T) != typeof(double))
        {
            throw new NotSupportedException($"The CPU backend computes in float and double, not in {typeof(T).Name}.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(microBatch ?? 1, 1, nameof(microBatch));
        Path = path ?? WidestPath;
        (IKernelSet<T> kernels, int bits, string vectors) = KernelsOf(Path);
        string name = !single ? "cpu:f64" : winograd ? "cpu" : "cpu:direct";
        _runner = new KernelRunner<T>(name, kernels, threads, winograd);
        _microBatch = microBatch;
        int count = _runner.Pool.Threads;
        Info = new BackendInfo(
            name,
            $"{vectors}, {count} {(count == 1 ? "thread" : "threads")}",
            single ? Accuracy.Single : Accuracy.Double,
            BitwiseGuarantees.Repeat | BitwiseGuarantees.ThreadCount | BitwiseGuarantees.Batch,
            bits,
            count);
    }

    /// <summary>The widest vectors that this processor accelerates.</summary>
    public static VectorPath WidestPath =>
        Vector512.IsHardwareAccelerated ? VectorPath.Vector512
        : Vector256.IsHardwareAccelerated ? VectorPath.Vector256
        : Vector128.IsHardwareAccelerated ? VectorPath.Vector128
        : VectorPath.Scalar;

    /// <inheritdoc/>
    public BackendInfo Info { get; }

    /// <summary>The vector width in use.</summary>
    public VectorPath Path { get; }

    /// <inheritdoc/>
    public bool Supports(Op<T> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return _runner.Kernels.Supports(op);
    }

    /// <inheritdoc/>
    public Accuracy AccuracyOf(Op<T> op) =>
        _runner.Winograd && op is ConvolutionOp<T> conv && ConvolutionMethods.IsWinograd(conv.Geometry) ? Info.Accuracy with { WinogradTile = WinogradGrid.Tile } : Info.Accuracy;

    /// <inheritdoc/>
    public DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged => new HostMemory<E>(length);

    /// <inheritdoc/>
    public void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged => HostMemory<E>.Upload(source, destination);

    /// <inheritdoc/>
    public void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged => HostMemory<E>.Download(source, destination);

    /// <summary>Does nothing: every op is done when <see cref="Run"/> returns.</summary>
    public void Synchronize()
    {
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">There is no kernel for the op.</exception>
    /// <exception cref="ObjectDisposedException">The backend was disposed of.</exception>
    /// <exception cref="InvalidOperationException">Another thread is running an op on this backend.</exception>
    public void Run(Op<T> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        _runner.Enter();
        try
        {
            _runner.Run(op);
        }
        finally
        {
            _runner.Leave();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Another thread is running an op on this backend.</exception>
    public Action Prepare(IReadOnlyList<Op<T>> ops)
    {
        ArgumentNullException.ThrowIfNull(ops);
        BoundOp<T>[] passes = [.. new EpilogueFusion<T>(_runner.Kernels).Fuse(ops).Select(BoundOp<T>.Of)];
        return () => _runner.RunAll(passes);
    }

    /// <summary>
    /// Compiles a plan. The forward and backward pass run a few samples at a time, all threads at once, where every op allows it: without
    /// minibatch statistics. Other plans are interpreted.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How to compile.</param>
    /// <exception cref="NotSupportedException">The plan holds an op that the backend does not support; the message names it.</exception>
    public IExecutable<T> Compile(Plan<T> plan, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        plan.RequireSupport(this, options);
        return PlanSplit<T>.Of(plan, options) is { } split
            ? new MicroBatchExecutable<T>(this, _runner, plan, split, _microBatch, options.KeptReports)
            : new Interpreter<T>(this, plan, options);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _runner.Dispose();

    private static (IKernelSet<T> Kernels, int Bits, string Name) KernelsOf(VectorPath path) => path switch
    {
        VectorPath.Vector512 => (new KernelSet<Simd512<T>, Vector512<T>, T>(Kernels256()), 512, "AVX-512-class, 512-bit vectors"),
        VectorPath.Vector256 => (Kernels256(), 256, "AVX2-class, 256-bit vectors"),
        VectorPath.Vector128 => (Kernels128(), 128, "SSE/NEON-class, 128-bit vectors"),
        VectorPath.Scalar => (new KernelSet<SimdScalar<T>, T, T>(), 8 * Unsafe.SizeOf<T>(), "scalar"),
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "There is no such vector path."),
    };

    private static KernelSet<Simd256<T>, Vector256<T>, T> Kernels256() => new(Kernels128());

    private static KernelSet<Simd128<T>, Vector128<T>, T> Kernels128() => new();
}
