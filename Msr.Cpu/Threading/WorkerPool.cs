using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Threading;

/// <summary>
/// Threads that wait for work: spinning for a moment, because the next op follows at once, then parked. The calling thread works too. Handing
/// out work allocates nothing. One caller at a time; jobs do not start jobs.
/// </summary>
/// <remarks>
/// A worker enters the open job through a gate that counts who is inside. The caller closes the gate when nothing is left to hand out and waits
/// for those inside alone, so a worker that the system woke late, or not at all, delays nobody.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    private const int Closed = 1 << 30;
    private const int SpinsPerLook = 24;
    private static readonly long SpinTicks = Stopwatch.Frequency / 5000;

    private readonly object _parking = new();
    private readonly Worker[] _workers;
    private readonly Thread[] _threads;
    private delegate*<void*, int, Worker, void> _invoke;
    private void* _job;
    private int _count;
    private int _next;
    private int _gate = Closed;
    private int _generation;
    private int _parked;
    private bool _stopping;
    private Exception? _error;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">The number of threads that work, the caller's included; 0 for one per core.</param>
    public WorkerPool(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        int total = threads == 0 ? Environment.ProcessorCount : threads;
        _workers = new Worker[total];
        _threads = new Thread[total - 1];
        for (int i = 0; i < total; i++)
        {
            _workers[i] = new Worker(i);
        }

        for (int i = 0; i < _threads.Length; i++)
        {
            Worker worker = _workers[i + 1];
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"Msr.Cpu worker {worker.Index}" };
            _threads[i].Start();
        }
    }

    /// <summary>The number of threads that work, the caller's included.</summary>
    public int Threads => _workers.Length;

    /// <summary>The threads that wait without burning processor time.</summary>
    public int ParkedThreads => Volatile.Read(ref _parked);

    /// <summary>The threads that have not ended, the caller's not included.</summary>
    public int LiveThreads => _threads.Count(static thread => thread.IsAlive);

    /// <summary>Runs every piece of a job and waits. The first exception of a piece surfaces here; pieces not yet begun are then skipped.</summary>
    /// <typeparam name="TJob">The job, a struct: it is neither boxed nor copied.</typeparam>
    /// <param name="count">The number of pieces. One piece runs on the caller and wakes nobody.</param>
    /// <param name="job">The job, which stays in place while it runs.</param>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public void For<TJob>(int count, ref TJob job)
        where TJob : unmanaged, IJob
    {
        if (count <= 1 || _threads.Length == 0)
        {
            ForHere(count, ref job);
            return;
        }

        ObjectDisposedException.ThrowIf(Volatile.Read(ref _stopping), this);
        fixed (TJob* pointer = &job)
        {
            Open(&Invoke<TJob>, pointer, count);
            Work(_workers[0]);
            CloseAndWait();
        }

        ThrowIfFailed();
    }

    /// <summary>Runs every piece of a job on the caller alone: what is done before another thread would have woken.</summary>
    /// <typeparam name="TJob">The job.</typeparam>
    /// <param name="count">The number of pieces.</param>
    /// <param name="job">The job.</param>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public void ForHere<TJob>(int count, ref TJob job)
        where TJob : unmanaged, IJob
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _stopping), this);
        for (int i = 0; i < count; i++)
        {
            job.Run(i, _workers[0]);
        }
    }

    /// <summary>Ends the threads and waits for them. Safe to call twice.</summary>
    public void Dispose()
    {
        lock (_parking)
        {
            if (_stopping)
            {
                return;
            }

            Volatile.Write(ref _stopping, true);
            Interlocked.Increment(ref _generation);
            Monitor.PulseAll(_parking);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private static void Invoke<TJob>(void* job, int index, Worker worker)
        where TJob : unmanaged, IJob => ((TJob*)job)->Run(index, worker);

    private void Open(delegate*<void*, int, Worker, void> invoke, void* job, int count)
    {
        _invoke = invoke;
        _job = job;
        (_count, _next, _error) = (count, 0, null);
        Volatile.Write(ref _gate, 0);
        Interlocked.Increment(ref _generation);

        // The increment is a full fence, and so is the one in Park: either this sees the parked worker or that one sees the new generation.
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_parking)
            {
                Monitor.PulseAll(_parking);
            }
        }
    }

    private void CloseAndWait()
    {
        Interlocked.Or(ref _gate, Closed);
        SpinWait spinner = default;
        while (Volatile.Read(ref _gate) != Closed)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void ThrowIfFailed()
    {
        if (_error is { } error)
        {
            _error = null;
            ExceptionDispatchInfo.Throw(error);
        }
    }

    private void Work(Worker worker)
    {
        try
        {
            int index;
            while ((index = Interlocked.Increment(ref _next) - 1) < _count)
            {
                _invoke(_job, index, worker);
            }
        }
        catch (Exception error)
        {
            // Whatever a piece throws belongs to the caller; this thread must live on.
            Interlocked.CompareExchange(ref _error, error, null);
            Interlocked.Exchange(ref _next, _count);
        }
    }

    private void Serve(Worker worker)
    {
        int seen = 0;
        while (true)
        {
            AwaitGenerationAfter(seen);
            if (Volatile.Read(ref _stopping))
            {
                return;
            }

            seen = Volatile.Read(ref _generation);
            if (TryEnter())
            {
                Work(worker);
                Interlocked.Decrement(ref _gate);
            }
        }
    }

    private bool TryEnter()
    {
        int inside = Volatile.Read(ref _gate);
        while ((inside & Closed) == 0)
        {
            int found = Interlocked.CompareExchange(ref _gate, inside + 1, inside);
            if (found == inside)
            {
                return true;
            }

            inside = found;
        }

        return false;
    }

    private void AwaitGenerationAfter(int seen)
    {
        long deadline = Stopwatch.GetTimestamp() + SpinTicks;
        while (Volatile.Read(ref _generation) == seen)
        {
            if (Stopwatch.GetTimestamp() > deadline)
            {
                Park(seen);
                return;
            }

            Thread.SpinWait(SpinsPerLook);
        }
    }

    private void Park(int seen)
    {
        lock (_parking)
        {
            Interlocked.Increment(ref _parked);
            while (Volatile.Read(ref _generation) == seen)
            {
                Monitor.Wait(_parking);
            }

            Interlocked.Decrement(ref _parked);
        }
    }
}

/// <summary>One thread of a <see cref="WorkerPool"/>, seen by the work it does.</summary>
public sealed class Worker
{
    internal Worker(int index) => Index = index;

    /// <summary>Its number; 0 is the thread that asked for the work.</summary>
    public int Index { get; }

    /// <summary>Memory of this worker alone, kept from job to job.</summary>
    public Scratch Scratch { get; } = new();
}

/// <summary>Work in independent pieces, which <see cref="WorkerPool"/> hands to its threads in no particular order.</summary>
public interface IJob
{
    /// <summary>Does one piece.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="worker">The worker that does it, for scratch memory of its own.</param>
    void Run(int index, Worker worker);
}

/// <summary>Work in independent pieces that lives on the heap; <see cref="PiecesJob"/> brings it to a <see cref="WorkerPool"/>.</summary>
internal interface IPieces
{
    /// <summary>Does one piece.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="worker">The worker that does it.</param>
    void RunPiece(int index, Worker worker);
}

/// <summary>The way of an object to the threads of a pool: a job holds no references, a handle it can hold.</summary>
/// <param name="pieces">A handle of an <see cref="IPieces"/>.</param>
internal readonly struct PiecesJob(GCHandle pieces) : IJob
{
    /// <inheritdoc/>
    public void Run(int index, Worker worker) => ((IPieces)pieces.Target!).RunPiece(index, worker);
}
