using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Cpu.Kernels;

/// <summary>All kernels for one vector width.</summary>
internal unsafe interface IKernelSet<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether there is a kernel for an op.</summary>
    bool Supports(Op<T> op);

    /// <summary>Elements of the filters of an op in the order in which its kernel reads them; 0 for an op that has none.</summary>
    long PreparedLength(KernelContext context, Op<T> op);

    /// <summary>Brings the filters of an op into that order.</summary>
    void Prepare(KernelContext context, Op<T> op, T* prepared);

    /// <summary>Runs an op; false where there is no kernel for it. Filters that are not prepared (null) are prepared on the way.</summary>
    bool TryRun(KernelContext context, Op<T> op, T* prepared);

    /// <summary>y += x.</summary>
    void Add(T* x, T* y, nint length);
}
