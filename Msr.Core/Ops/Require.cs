using System.Runtime.CompilerServices;
using Msr.Core.Memory;
using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>The checks that ops share. Each names what it checks after the property that was passed: <c>Dy</c> as <c>dy</c>.</summary>
internal static class Require
{
    /// <summary>The name that messages and operand lists give a property: <c>dy</c> for <c>Dy</c>, <c>Momentum</c> for <c>Settings.Momentum</c>.</summary>
    public static string NameOf(string property)
    {
        int dot = property.LastIndexOf('.');
        return dot < 0 ? char.ToLowerInvariant(property[0]) + property[1..] : property[(dot + 1)..];
    }

    /// <summary>An exact shape.</summary>
    public static void Shape<E>(string op, TensorRef<E> operand, Shape expected, [CallerArgumentExpression(nameof(operand))] string property = "")
        where E : unmanaged
    {
        if (expected != operand.Shape)
        {
            throw new ShapeMismatchException(op, NameOf(property), expected.ToString(), operand.Shape);
        }
    }

    /// <summary>A number of elements, whatever their shape.</summary>
    public static void Length<E>(string op, TensorRef<E> operand, long expected, [CallerArgumentExpression(nameof(operand))] string property = "")
        where E : unmanaged
    {
        if (expected != operand.Length)
        {
            throw new ShapeMismatchException(op, NameOf(property), $"of {expected} elements", operand.Shape);
        }
    }

    /// <summary>A rank.</summary>
    public static void Rank<E>(string op, TensorRef<E> operand, int expected, [CallerArgumentExpression(nameof(operand))] string property = "")
        where E : unmanaged
    {
        if (expected != operand.Shape.Rank)
        {
            throw new ShapeMismatchException(op, NameOf(property), $"of rank {expected}", operand.Shape);
        }
    }

    /// <summary>A vector with one element per channel of a channels-last tensor.</summary>
    public static void PerChannel<E>(string op, TensorRef<E> operand, Shape tensor, [CallerArgumentExpression(nameof(operand))] string property = "")
        where E : unmanaged => Shape(op, operand, new Shape(tensor.Inner), property);

    /// <summary>A scalar in device memory.</summary>
    public static void Scalar<E>(string op, TensorRef<E> operand, [CallerArgumentExpression(nameof(operand))] string property = "")
        where E : unmanaged => Length(op, operand, 1, property);

    /// <summary>A finite number above 0.</summary>
    public static void Positive(string op, double value, [CallerArgumentExpression(nameof(value))] string property = "")
    {
        if (!(double.IsFinite(value) && value > 0))
        {
            throw OutOfRange(op, property, value, "finite and above 0");
        }
    }

    /// <summary>A share, from 0 to below 1.</summary>
    public static void Share(string op, double value, [CallerArgumentExpression(nameof(value))] string property = "")
    {
        if (!(value is >= 0 and < 1))
        {
            throw OutOfRange(op, property, value, "from 0 to below 1");
        }
    }

    /// <summary>A finite number that is not negative.</summary>
    public static void NotNegative(string op, double value, [CallerArgumentExpression(nameof(value))] string property = "")
    {
        if (!(double.IsFinite(value) && value >= 0))
        {
            throw OutOfRange(op, property, value, "finite and at least 0");
        }
    }

    private static ArgumentOutOfRangeException OutOfRange(string op, string property, double value, string expected) =>
        new(NameOf(property), value, $"{op}: '{NameOf(property)}' must be {expected}.");
}

/// <summary>An operand does not have the shape that its op needs. The message names op, operand, expected and got.</summary>
public sealed class ShapeMismatchException : ArgumentException
{
    /// <summary>Creates an exception without details.</summary>
    public ShapeMismatchException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The message.</param>
    public ShapeMismatchException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public ShapeMismatchException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Says what was expected and what was given.</summary>
    /// <param name="op">The name of the op.</param>
    /// <param name="operand">The name of the operand.</param>
    /// <param name="expected">The shape that fits, or a description of it.</param>
    /// <param name="got">The shape that was given.</param>
    public ShapeMismatchException(string op, string operand, string expected, Shape got)
        : base($"{op}: operand '{operand}' must be {expected}; got {got}.")
    {
    }
}
