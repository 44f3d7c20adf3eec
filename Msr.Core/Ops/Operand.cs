using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>One operand of an op, seen without its element type.</summary>
/// <param name="Name">Its name within the op, such as <c>dy</c>.</param>
/// <param name="Access">How the op uses it.</param>
/// <param name="Memory">The block it lies in.</param>
/// <param name="Offset">Its first element within the block.</param>
/// <param name="Shape">Its shape.</param>
public readonly record struct Operand(string Name, OperandAccess Access, DeviceMemory Memory, long Offset, Shape Shape)
{
    /// <summary>Whether two operands share an element.</summary>
    /// <param name="other">The other operand.</param>
    public bool Overlaps(in Operand other) =>
        ReferenceEquals(Memory, other.Memory) && Offset < other.Offset + other.Shape.Length && other.Offset < Offset + Shape.Length;

    /// <summary>Whether this operand holds every element of another.</summary>
    /// <param name="other">The other operand.</param>
    public bool Covers(in Operand other) =>
        ReferenceEquals(Memory, other.Memory) && Offset <= other.Offset && other.Offset + other.Shape.Length <= Offset + Shape.Length;

    /// <summary>An operand that is only read.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="name">Its name within the op.</param>
    /// <param name="tensor">The tensor.</param>
    public static Operand Read<E>(string name, TensorRef<E> tensor)
        where E : unmanaged => Of(name, OperandAccess.Read, tensor);

    /// <summary>An operand that is written.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="name">Its name within the op.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="accumulate">Whether the op adds to what was there.</param>
    public static Operand Write<E>(string name, TensorRef<E> tensor, bool accumulate = false)
        where E : unmanaged => Of(name, accumulate ? OperandAccess.Accumulate : OperandAccess.Write, tensor);

    private static Operand Of<E>(string name, OperandAccess access, TensorRef<E> tensor)
        where E : unmanaged => new(name, access, tensor.Memory, tensor.Offset, tensor.Shape);
}
