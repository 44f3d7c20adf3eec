using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Cpu.Kernels;

/// <summary>All kernels for one vector width.</summary>
internal interface IKernelSet<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether there is a kernel for an op.</summary>
    bool Supports(Op<T> op);

    /// <summary>Runs an op; false where there is no kernel for it.</summary>
    bool TryRun(KernelContext context, Op<T> op);
}
