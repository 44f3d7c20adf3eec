using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;

namespace Msr.Conformance.Plans;

/// <summary>Lets a watcher of any element type observe an interpreter of one.</summary>
internal sealed class WatcherObserver<T>(IPlanWatcher watcher) : IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Before(IBackend<T> backend, Op<T> planned, Op<T> bound) => watcher.Before(backend, planned, bound);

    public void After(IBackend<T> backend, Op<T> planned, Op<T> bound) => watcher.After(backend, planned, bound);
}
