using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;

namespace Msr.Conformance.Plans;

/// <summary>Watches the ops of an interpreted plan, whatever its element type.</summary>
internal interface IPlanWatcher
{
    /// <summary>Called before an op runs.</summary>
    void Before<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Called when it has run.</summary>
    void After<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
