using Msr.Core.Backends;
using Msr.Core.Numerics;

namespace PropertyTests.Ops;

/// <summary>Where the tensors of an op come from when it is built for a backend.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal interface IOperands<T>
    where T : unmanaged
{
    /// <summary>An operand of real numbers.</summary>
    TensorRef<T> Real(string name, Shape shape);

    /// <summary>An operand of integers.</summary>
    TensorRef<int> Integer(string name, Shape shape);
}
