using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Conformance.Subjects;

/// <summary>Where the tensors of an op come from when it is built for a backend.</summary>
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
