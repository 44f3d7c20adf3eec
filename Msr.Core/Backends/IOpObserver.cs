using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Backends;

/// <summary>Watches an interpreter run its ops. Compiled executables are never watched: training bits never depend on being watched.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public interface IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Called before an op runs.</summary>
    /// <param name="backend">The backend that will run it.</param>
    /// <param name="planned">The op as the plan holds it.</param>
    /// <param name="bound">The op as it runs: its tensors are the backend's.</param>
    void Before(IBackend<T> backend, Op<T> planned, Op<T> bound);

    /// <summary>Called when an op has been queued; a download sees its results.</summary>
    /// <param name="backend">The backend that ran it.</param>
    /// <param name="planned">The op as the plan holds it.</param>
    /// <param name="bound">The op as it ran.</param>
    void After(IBackend<T> backend, Op<T> planned, Op<T> bound);
}
