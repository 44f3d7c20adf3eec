using Msr.Core.Numerics;

namespace Msr.Core.Ops;

/// <summary>The checks that op constructors share.</summary>
internal static class Require
{
    /// <summary>An exact shape.</summary>
    public static void Shape(string op, string operand, Shape expected, Shape got)
    {
        if (expected != got)
        {
            throw new ShapeMismatchException(op, operand, expected.ToString(), got);
        }
    }

    /// <summary>A number of elements, whatever their shape.</summary>
    public static void Length(string op, string operand, long expected, Shape got)
    {
        if (expected != got.Length)
        {
            throw new ShapeMismatchException(op, operand, $"of {expected} elements", got);
        }
    }

    /// <summary>A rank.</summary>
    public static void Rank(string op, string operand, int expected, Shape got)
    {
        if (expected != got.Rank)
        {
            throw new ShapeMismatchException(op, operand, $"of rank {expected}", got);
        }
    }

    /// <summary>A vector with one element per channel of a channels-last tensor.</summary>
    public static void PerChannel(string op, string operand, Shape tensor, Shape got) => Shape(op, operand, new Shape(tensor.Inner), got);

    /// <summary>A scalar in device memory.</summary>
    public static void Scalar(string op, string operand, Shape got) => Length(op, operand, 1, got);

    /// <summary>A finite number above 0.</summary>
    public static void Positive(string op, string name, double value)
    {
        if (!(double.IsFinite(value) && value > 0))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{op}: '{name}' must be finite and above 0.");
        }
    }

    /// <summary>A share, from 0 to below 1.</summary>
    public static void Share(string op, string name, double value)
    {
        if (!(value is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{op}: '{name}' must be from 0 to below 1.");
        }
    }

    /// <summary>A finite number that is not negative.</summary>
    public static void NotNegative(string op, string name, double value)
    {
        if (!(double.IsFinite(value) && value >= 0))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{op}: '{name}' must be finite and at least 0.");
        }
    }
}
