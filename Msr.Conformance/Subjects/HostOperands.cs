using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Conformance.Subjects;

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
