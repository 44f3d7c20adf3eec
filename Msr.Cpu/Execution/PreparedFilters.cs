using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Cpu.Kernels;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Execution;

/// <summary>
/// The filters of a plan's convolutions in the order in which kernels read them, packed or transformed: brought there once for all samples of a
/// batch, and again only when parameters have changed. Passes that have ops in common have their filters in common.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="backend">The backend.</param>
/// <param name="runner">Its kernels.</param>
internal sealed class PreparedFilters<T>(IBackend<T> backend, KernelRunner<T> runner) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<Op<T>, Entry> _entries = new(ReferenceEqualityComparer.Instance);

    /// <summary>The bytes held.</summary>
    public long Bytes => _entries.Values.Sum(static entry => entry.Memory.ByteLength);

    /// <summary>Makes room for the filters of an op, unless there is.</summary>
    /// <param name="planned">The op of the plan.</param>
    /// <param name="bound">The same op on any samples: its filters are what matters.</param>
    /// <returns>The room; none where the op has no filters.</returns>
    public HostMemory<T>? Keep(Op<T> planned, Op<T> bound)
    {
        if (!_entries.TryGetValue(planned, out Entry? entry) && runner.PreparedLength(bound) is > 0 and long length)
        {
            entry = new Entry(bound, (HostMemory<T>)backend.Allocate<T>(length));
            _entries.Add(planned, entry);
        }

        return entry?.Memory;
    }

    /// <summary>Brings up to date what ops will read. The caller has entered.</summary>
    /// <param name="planned">The ops of the plan.</param>
    public void Refresh(IReadOnlyList<Op<T>> planned)
    {
        for (int i = 0; i < planned.Count; i++)
        {
            if (_entries.TryGetValue(planned[i], out Entry? entry) && !entry.IsFresh)
            {
                runner.Prepare(entry.Bound, entry.Memory);
                entry.IsFresh = true;
            }
        }
    }

    /// <summary>Notes that filters have changed.</summary>
    public void Invalidate()
    {
        foreach (Entry entry in _entries.Values)
        {
            entry.IsFresh = false;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (Entry entry in _entries.Values)
        {
            entry.Memory.Dispose();
        }
    }

    private sealed record Entry(Op<T> Bound, HostMemory<T> Memory)
    {
        public bool IsFresh { get; set; }
    }
}
