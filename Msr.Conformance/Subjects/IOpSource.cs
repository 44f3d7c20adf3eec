using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Subjects;

/// <summary>An op without tensors: it can be built for any backend and element type.</summary>
public interface IOpSource
{
    /// <summary>The op on tensors named like its operands.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="at">Where the tensors come from.</param>
    Op<T> Build<T>(IOperands<T> at)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
