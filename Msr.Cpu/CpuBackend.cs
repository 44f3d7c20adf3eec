using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Cpu.Kernels;
using Msr.Cpu.Threading;
using Msr.Cpu.Winograd;

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
    private readonly WorkerPool _pool;
    private readonly KernelContext _context;
    private readonly IKernelSet<T> _kernels;
    private int _running;
    private bool _disposed;

    /// <summary>Opens the backend and starts its threads.</summary>
    /// <param name="threads">The number of threads; 0 for one per core.</param>
    /// <param name="path">The vector width; the widest that the processor accelerates when left out. Wider ones work too, slowly.</param>
    /// <param name="convolutions">How convolutions are computed. In float64 always by definition: it is there to be trusted.</param>
    /// <exception cref="NotSupportedException">The element type is neither <see cref="float"/> nor <see cref="double"/>.</exception>
    public CpuBackend(int threads = 0, VectorPath? path = null, ConvolutionAlgorithm convolutions = ConvolutionAlgorithm.Fastest)
    {
        bool single = typeof(T) == typeof(float);
        bool winograd = single && convolutions == ConvolutionAlgorithm.Fastest;
        if (!single && typeof(T) != typeof(double))
        {
            throw new NotSupportedException($"The CPU backend computes in float and double, not in {typeof(T).Name}.");
        }

        Path = path ?? WidestPath;
        (_kernels, int bits, string name) = KernelsOf(Path);
        _pool = new WorkerPool(threads);
        _context = new KernelContext(_pool, new Scratch(), winograd);
        Info = new BackendInfo(
            !single ? "cpu:f64" : winograd ? "cpu" : "cpu:direct",
            $"{name}, {_pool.Threads} {(_pool.Threads == 1 ? "thread" : "threads")}",
            single ? Accuracy.Single : Accuracy.Double,
            BitwiseGuarantees.Repeat | BitwiseGuarantees.ThreadCount | BitwiseGuarantees.Batch,
            bits,
            _pool.Threads);
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
        return _kernels.Supports(op);
    }

    /// <inheritdoc/>
    public Accuracy AccuracyOf(Op<T> op) =>
        _context.Winograd && op is Op<float> single && WinogradRule.Applies(single) ? Info.Accuracy with { WinogradTile = WinogradGrid.Tile } : Info.Accuracy;

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
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            throw new InvalidOperationException($"Two threads use one '{Info.Name}' backend at once; open a backend for each.");
        }

        try
        {
            if (!_kernels.TryRun(_context, op))
            {
                throw new NotSupportedException($"Backend '{Info.Name}' does not support {op.Name}.");
            }

            // Kernels hold addresses, which keep no memory alive; the op does, and with it the memory that it names.
            GC.KeepAlive(op);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        _pool.Dispose();
    }

    private static (IKernelSet<T> Kernels, int Bits, string Name) KernelsOf(VectorPath path) => path switch
    {
        VectorPath.Vector512 => (new KernelSet<Simd512<T>, Vector512<T>, T>(), 512, "AVX-512-class, 512-bit vectors"),
        VectorPath.Vector256 => (new KernelSet<Simd256<T>, Vector256<T>, T>(), 256, "AVX2-class, 256-bit vectors"),
        VectorPath.Vector128 => (new KernelSet<Simd128<T>, Vector128<T>, T>(), 128, "SSE/NEON-class, 128-bit vectors"),
        VectorPath.Scalar => (new KernelSet<SimdScalar<T>, T, T>(), 8 * Unsafe.SizeOf<T>(), "scalar"),
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "There is no such vector path."),
    };
}
