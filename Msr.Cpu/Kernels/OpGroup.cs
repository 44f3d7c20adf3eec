using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Ops;

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
