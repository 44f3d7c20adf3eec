using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Cpu;

namespace Msr.Conformance.Subjects;

/// <summary>Tensors in the memory of the host, for ops that are looked at or refused, but never run.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class HostOperands<T> : IOperands<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public TensorRef<T> Real(string name, Shape shape) => new HostMemory<T>(shape.Length).View(0, shape);

    /// <inheritdoc/>
    public TensorRef<int> Integer(string name, Shape shape) => new HostMemory<int>(shape.Length).View(0, shape);
}
