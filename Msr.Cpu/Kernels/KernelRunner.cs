using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Kernels;

/// <summary>
/// The kernels and threads of one backend. An op runs on all threads, or, between <see cref="Enter"/> and <see cref="Leave"/>, each thread
/// runs ops of its own. The bits are the same.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed unsafe class KernelRunner<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly string _name;
    private readonly KernelContext _together;
    private readonly KernelContext[] _alone;
    private int _running;
    private bool _disposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">The backend's name, for messages.</param>
    /// <param name="kernels">The kernels.</param>
    /// <param name="threads">The number of threads; 0 for one per core.</param>
    /// <param name="winograd">Whether convolutions may be computed by Winograd's transforms.</param>
    public KernelRunner(string name, IKernelSet<T> kernels, int threads, bool winograd)
    {
        (_name, Kernels, Pool) = (name, kernels, new WorkerPool(threads));
        _together = new KernelContext(Pool, new Scratch(), new Scratch(), winograd);
        _alone = new KernelContext[Pool.Threads];
        for (int i = 0; i < _alone.Length; i++)
        {
            _alone[i] = new KernelContext(new WorkerPool(1), new Scratch(), new Scratch(), winograd);
        }
    }

    /// <summary>The kernels.</summary>
    public IKernelSet<T> Kernels { get; }

    /// <summary>The threads.</summary>
    public WorkerPool Pool { get; }

    /// <summary>Whether convolutions may be computed by Winograd's transforms.</summary>
    public bool Winograd => _together.Winograd;

    /// <summary>Claims the backend for the calling thread.</summary>
    /// <exception cref="ObjectDisposedException">The backend was disposed of.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using it.</exception>
    public void Enter()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            throw new InvalidOperationException($"Two threads use one '{_name}' backend at once; open a backend for each.");
        }
    }

    /// <summary>Gives it back.</summary>
    public void Leave() => Volatile.Write(ref _running, 0);

    /// <summary>Elements of the filters of an op in the order in which its kernel reads them; 0 for an op that has none.</summary>
    /// <param name="op">The op.</param>
    public long PreparedLength(Op<T> op) => Kernels.PreparedLength(_together, op);

    /// <summary>Brings the filters of an op into that order, on all threads. The caller has entered.</summary>
    /// <param name="op">The op.</param>
    /// <param name="prepared">Room for them.</param>
    public void Prepare(Op<T> op, HostMemory<T> prepared) => Kernels.Prepare(_together, op, prepared.Pointer);

    /// <summary>Runs an op on all threads. The caller has entered.</summary>
    /// <param name="op">The op.</param>
    /// <exception cref="NotSupportedException">There is no kernel for it.</exception>
    public void Run(Op<T> op) => Run(_together, op, null, []);

    /// <summary>Runs an op, and what follows it, on all threads. The caller has entered.</summary>
    /// <param name="bound">The op.</param>
    public void Run(in BoundOp<T> bound) => Run(_together, bound.Op, bound.Filters, bound.Epilogue);

    /// <summary>Enters, and runs ops in order.</summary>
    /// <param name="ops">The ops.</param>
    /// <exception cref="ObjectDisposedException">The backend was disposed of.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using it.</exception>
    public void RunAll(ReadOnlySpan<BoundOp<T>> ops)
    {
        Enter();
        try
        {
            foreach (BoundOp<T> op in ops)
            {
                Run(op);
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Runs an op, and what follows it, on one thread, while others run ops of their own.</summary>
    /// <param name="bound">The op.</param>
    /// <param name="worker">The thread.</param>
    public void RunAlone(in BoundOp<T> bound, Worker worker) => Run(_alone[worker.Index], bound.Op, bound.Filters, bound.Epilogue);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        Pool.Dispose();
        foreach (KernelContext context in _alone)
        {
            context.Pool.Dispose();
        }
    }

    private void Run(KernelContext context, Op<T> op, HostMemory<T>? prepared, Op<T>[] epilogue)
    {
        if (!Kernels.TryRun(context, op, prepared is null ? null : prepared.Pointer, epilogue))
        {
            throw new NotSupportedException($"Backend '{_name}' does not support {op.Name}.");
        }

        // Kernels hold addresses, which keep no memory alive; the op does, and with it the memory that it names.
        GC.KeepAlive(op);
        GC.KeepAlive(prepared);
        GC.KeepAlive(epilogue);
    }
}
