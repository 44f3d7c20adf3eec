using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
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

/// <summary>The source of an op's tensors when it is built for a backend.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public interface IOperands<T>
    where T : unmanaged
{
    /// <summary>An operand of real numbers.</summary>
    /// <param name="name">Its name within the op.</param>
    /// <param name="shape">Its shape.</param>
    TensorRef<T> Real(string name, Shape shape);

    /// <summary>An operand of integers.</summary>
    /// <param name="name">Its name within the op.</param>
    /// <param name="shape">Its shape.</param>
    TensorRef<int> Integer(string name, Shape shape);
}

/// <summary>Tensors without memory, for ops that are looked at or refused, but never run.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class HostOperands<T> : IOperands<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public TensorRef<T> Real(string name, Shape shape) => new AbsentMemory<T>(shape.Length).View(0, shape);

    /// <inheritdoc/>
    public TensorRef<int> Integer(string name, Shape shape) => new AbsentMemory<int>(shape.Length).View(0, shape);
}

/// <summary>A block that has a length and no elements: shapes of any size can be looked at for nothing.</summary>
/// <typeparam name="E">The element type.</typeparam>
/// <param name="length">The number of elements.</param>
internal sealed class AbsentMemory<E>(long length) : DeviceMemory<E>(length)
    where E : unmanaged;
