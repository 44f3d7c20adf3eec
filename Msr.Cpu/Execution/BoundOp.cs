using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Cpu.Execution;

/// <summary>An op on memory of this backend.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Op">The op.</param>
/// <param name="Filters">Its filters in the order in which its kernel reads them, if it has any.</param>
internal readonly record struct BoundOp<T>(Op<T> Op, HostMemory<T>? Filters)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
