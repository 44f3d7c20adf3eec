using System.Diagnostics;
using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Backends;

/// <summary>Adds up the time that each kind of op takes. It waits for every op, so the whole is slower than an unwatched step.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class TimingObserver<T> : IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<string, (int Calls, TimeSpan Time)> _byName = [];
    private long _started;

    /// <summary>Calls and time of each kind of op, the most expensive first.</summary>
    public IEnumerable<(string Name, int Calls, TimeSpan Time)> ByName =>
        _byName.Select(static entry => (entry.Key, entry.Value.Calls, entry.Value.Time)).OrderByDescending(static entry => entry.Time);

    /// <summary>Forgets what was measured so far.</summary>
    public void Reset() => _byName.Clear();

    /// <inheritdoc/>
    public void Before(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        ArgumentNullException.ThrowIfNull(backend);
        backend.Synchronize();
        _started = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    public void After(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(bound);
        backend.Synchronize();
        (int calls, TimeSpan time) = _byName.GetValueOrDefault(bound.Name);
        _byName[bound.Name] = (calls + 1, time + Stopwatch.GetElapsedTime(_started));
    }
}
