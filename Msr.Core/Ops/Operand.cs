using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>How an op uses an operand. Liveness, guards and poison follow from it.</summary>
public enum OperandAccess
{
    /// <summary>Reads it and leaves it as it was.</summary>
    Read,

    /// <summary>Writes every element and reads none: what was there before does not matter.</summary>
    Write,

    /// <summary>Reads what was there and writes every element: adds to it, or updates it in place.</summary>
    Accumulate,
}

/// <summary>One operand of an op, seen without its element type.</summary>
/// <param name="Name">Its name within the op, such as <c>dy</c>.</param>
/// <param name="Access">How the op uses it.</param>
/// <param name="Memory">The block it lies in.</param>
/// <param name="Offset">Its first element within the block.</param>
/// <param name="Shape">Its shape.</param>
public readonly record struct Operand(string Name, OperandAccess Access, DeviceMemory Memory, long Offset, Shape Shape)
{
    /// <summary>Whether the result of the op, the operand that it writes and does not read, may lie exactly over this one.</summary>
    public bool MayBeOverwritten { get; init; }

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
        where E : unmanaged => new(name, OperandAccess.Read, tensor.Memory, tensor.Offset, tensor.Shape);
}

/// <summary>Sends every tensor of an op elsewhere: from a plan to a device, from a full batch to a smaller one.</summary>
public interface ITensorMap
{
    /// <summary>The place of a tensor.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="tensor">The tensor.</param>
    TensorRef<E> Map<E>(TensorRef<E> tensor)
        where E : unmanaged;
}

/// <summary>
/// Goes through the operands of an op, in the order of its constructor: lists them, or sends them elsewhere. An operand is named after its property,
/// <c>Dy</c> as <c>dy</c>.
/// </summary>
/// <param name="map">The map that sends tensors elsewhere; null to list them.</param>
internal sealed class OperandWalk(ITensorMap? map)
{
    private readonly ImmutableArray<Operand>.Builder? _list = map is null ? ImmutableArray.CreateBuilder<Operand>() : null;

    /// <summary>The operands listed.</summary>
    public ImmutableArray<Operand> ToImmutable() => _list!.ToImmutable();

    /// <summary>Declares an operand that is only read.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="mayBeOverwritten">Whether the result may lie exactly over it.</param>
    /// <param name="property">The property that holds it.</param>
    public TensorRef<E> Read<E>(TensorRef<E> tensor, bool mayBeOverwritten = false, [CallerArgumentExpression(nameof(tensor))] string property = "")
        where E : unmanaged => Visit(tensor, OperandAccess.Read, mayBeOverwritten, property);

    /// <summary>Declares an operand that is written.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="accumulate">Whether the op adds to what was there.</param>
    /// <param name="property">The property that holds it.</param>
    public TensorRef<E> Write<E>(TensorRef<E> tensor, bool accumulate = false, [CallerArgumentExpression(nameof(tensor))] string property = "")
        where E : unmanaged => Visit(tensor, accumulate ? OperandAccess.Accumulate : OperandAccess.Write, mayBeOverwritten: false, property);

    /// <summary>Declares an operand that is updated in place or always added to.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="property">The property that holds it.</param>
    public TensorRef<E> Update<E>(TensorRef<E> tensor, [CallerArgumentExpression(nameof(tensor))] string property = "")
        where E : unmanaged => Visit(tensor, OperandAccess.Accumulate, mayBeOverwritten: false, property);

    private TensorRef<E> Visit<E>(TensorRef<E> tensor, OperandAccess access, bool mayBeOverwritten, string property)
        where E : unmanaged
    {
        _list?.Add(new Operand(Require.NameOf(property), access, tensor.Memory, tensor.Offset, tensor.Shape) { MayBeOverwritten = mayBeOverwritten });
        return map is null ? tensor : map.Map(tensor);
    }
}
