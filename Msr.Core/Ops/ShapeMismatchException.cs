using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>An operand has not the shape that its op needs. The message names op, operand, expected and got.</summary>
public sealed class ShapeMismatchException : ArgumentException
{
    /// <summary>Creates an exception without particulars.</summary>
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

    /// <summary>Says what was expected and what was there.</summary>
    /// <param name="op">The name of the op.</param>
    /// <param name="operand">The name of the operand.</param>
    /// <param name="expected">The shape that fits, or a description of it.</param>
    /// <param name="got">The shape that was given.</param>
    public ShapeMismatchException(string op, string operand, string expected, Shape got)
        : base($"{op}: operand '{operand}' must be {expected}; got {got}.")
    {
    }
}
