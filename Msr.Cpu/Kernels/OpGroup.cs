using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Kernels;

/// <summary>An op and those that take every piece of its result as soon as it is there.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Head">The op.</param>
/// <param name="Epilogue">What follows.</param>
internal sealed record OpGroup<T>(Op<T> Head, ImmutableArray<Op<T>> Epilogue)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>All of them, in order.</summary>
    public IEnumerable<Op<T>> Ops => Epilogue.Prepend(Head);
}

/// <summary>An op on memory of this backend.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Op">The op.</param>
/// <param name="Filters">Its filters in the order in which its kernel reads them, if it has any that are kept.</param>
/// <param name="Epilogue">The ops that take every piece of its result at once.</param>
internal readonly record struct BoundOp<T>(Op<T> Op, HostMemory<T>? Filters, Op<T>[] Epilogue)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A group of ops that are on memory of this backend already.</summary>
    /// <param name="group">The group.</param>
    public static BoundOp<T> Of(OpGroup<T> group) => new(group.Head, null, [.. group.Epilogue]);
}
