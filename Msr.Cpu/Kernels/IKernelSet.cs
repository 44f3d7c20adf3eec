using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Threading;

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

    /// <summary>Whether an op's kernel can hand every piece of its result on as soon as it is there.</summary>
    bool TakesEpilogue(Op<T> op);

    /// <summary>Whether there is a kernel that runs an elementwise op on such pieces.</summary>
    bool IsEpilogue(Op<T> op);

    /// <summary>Runs an op; false where there is no kernel for it.</summary>
    /// <param name="context">Threads and working memory.</param>
    /// <param name="op">The op.</param>
    /// <param name="prepared">Its filters, prepared; null to prepare them on the way.</param>
    /// <param name="epilogue">The ops that take every piece of the result at once.</param>
    bool TryRun(KernelContext context, Op<T> op, T* prepared, ReadOnlySpan<Op<T>> epilogue);

    /// <summary>y += x.</summary>
    void Add(T* x, T* y, nint length);
}
