using System.Numerics;
using System.Runtime.ExceptionServices;
using Msr.Core.Plans;

namespace Msr.Core.Data;

/// <summary>
/// Fills batches ahead of their use on a thread of its own. The batches come in order, epoch after epoch without end, from a given position
/// on, and are those that the loader would fill by itself: timing changes nothing. In the steady state nothing is allocated.
/// </summary>
/// <typeparam name="T">The element type of the images.</typeparam>
public sealed class Prefetcher<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BatchLoader<T> _loader;
    private readonly Batch<T>[] _ring;
    private readonly SemaphoreSlim _free;
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Thread _worker;

    private ExceptionDispatchInfo? _failure;
    private long _filled;
    private long _taken;
    private volatile bool _stopping;
    private bool _disposed;

    /// <summary>Starts to fill batches.</summary>
    /// <param name="loader">The loader; it belongs to the prefetcher until that is disposed.</param>
    /// <param name="epoch">The epoch of the first batch.</param>
    /// <param name="batch">
    /// The number of the first batch in its epoch; <see cref="BatchLoader{T}.BatchesPerEpoch"/> stands for the start of the next epoch.
    /// </param>
    /// <param name="depth">The number of batches in the ring, at least 2: one in use, the others ahead.</param>
    public Prefetcher(BatchLoader<T> loader, int epoch = 0, int batch = 0, int depth = 3)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, loader.BatchesPerEpoch);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 2);
        _loader = loader;
        _ring = [.. Enumerable.Range(0, depth).Select(_ => loader.CreateBatch())];
        _free = new SemaphoreSlim(depth);
        (NextEpoch, NextBatch) = Normalize(epoch, batch);
        _worker = new Thread(Work) { IsBackground = true, Name = "msr prefetch" };
        _worker.Start();
    }

    /// <summary>The epoch of the batch that <see cref="Next"/> will return.</summary>
    public int NextEpoch { get; private set; }

    /// <summary>The number, in its epoch, of the batch that <see cref="Next"/> will return.</summary>
    public int NextBatch { get; private set; }

    /// <summary>Waits for the next batch.</summary>
    /// <returns>The batch; its content stays until the next call.</returns>
    /// <exception cref="ObjectDisposedException">The prefetcher is disposed.</exception>
    /// <remarks>What the loader throws on its thread is thrown here, in the place of the batch that it struck, and from then on.</remarks>
    public Batch<T> Next()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _ready.Wait();
        if (_taken == Volatile.Read(ref _filled))
        {
            _ready.Release();
            _failure!.Throw();
        }

        if (_taken > 0)
        {
            _free.Release();
        }

        Batch<T> next = _ring[_taken % _ring.Length];
        _taken++;
        (NextEpoch, NextBatch) = Normalize(NextEpoch, NextBatch + 1);
        return next;
    }

    /// <summary>Stops the thread and waits for it: at most for the batch that is being filled.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _stopping = true;
        _free.Release();
        _worker.Join();
        _free.Dispose();
        _ready.Dispose();
    }

    private (int Epoch, int Batch) Normalize(int epoch, int batch) => batch == _loader.BatchesPerEpoch ? (epoch + 1, 0) : (epoch, batch);

    private void Work(object? _)
    {
        try
        {
            (int epoch, int batch) = (NextEpoch, NextBatch);
            while (true)
            {
                _free.Wait();
                if (_stopping)
                {
                    return;
                }

                _loader.Fill(_ring[_filled % _ring.Length], epoch, batch);
                (epoch, batch) = Normalize(epoch, batch + 1);
                Volatile.Write(ref _filled, _filled + 1);
                _ready.Release();
            }
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
            _ready.Release();
        }
    }
}
