using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>
/// An op with its geometry and constants, without tensors: it can be built for any backend and element type, knows what contents suit it,
/// and how far a result may be from the truth. docs/error-bounds.md derives every bound.
/// </summary>
internal abstract class OpCase
{
    /// <summary>One line that says which case it is.</summary>
    public abstract string Text { get; }

    /// <summary>Whether small integers give exact results in any order of summation.</summary>
    public virtual bool IsExactOnIntegers => true;

    /// <summary>The case that adds to its destinations instead of writing them, where the op has that choice.</summary>
    public virtual OpCase? Accumulating => null;

    /// <summary>The op on tensors named like its operands.</summary>
    public abstract Op<T> Build<T>(IOperands<T> at)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Contents for an operand that is read.</summary>
    public virtual double[] Values(string operand, Shape shape, Draws draws, ValueClass valueClass)
    {
        double[] values = new double[shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = draws.Real(valueClass);
        }

        return values;
    }

    /// <summary>Contents for an operand of integers that is read.</summary>
    public virtual int[] Indices(string operand, Shape shape, Draws draws) =>
        throw new NotSupportedException($"{Text} does not say what '{operand}' holds.");

    /// <summary>What stands for a number of an operand when the op is run on absolute values to weigh its result.</summary>
    public virtual double Magnitude(string operand, double value) => Math.Abs(value);

    /// <summary>How many roundings the longest path into a result has; 0 where the result is the correctly rounded one.</summary>
    public virtual int Roundings(string operand) =>
        throw new NotSupportedException($"{Text} does not bound '{operand}'.");

    /// <summary>
    /// The largest error per element under a rounding; 0 demands the correctly rounded result. Unless a case knows better, it is
    /// (γ_n + 2·u_in)·m + n·η with m from the run on absolute values.
    /// </summary>
    public virtual double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        int n = Roundings(operand);
        return n == 0
            ? new double[truth.Output(operand).Length]
            : Array.ConvertAll(truth.Magnitude(operand), m => (rounding.Products(n) * m) + (n * rounding.Underflow));
    }
}
