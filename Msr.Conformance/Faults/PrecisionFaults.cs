using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Fewer bits than declared.</summary>
internal static class PrecisionFaults
{
    private const int Tf32 = 10;
    private const int Bfloat16 = 7;

    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedInput(
            "tf32-inputs",
            "inputs of products are rounded to 10 explicit bits",
            static operand => operand.Access == OperandAccess.Read,
            static (values, _) => Round(values, Tf32),
            "conv.*",
            MatMul<double>.Kind),
        new ChangedInput(
            "bf16-weights",
            "weights are rounded to 7 explicit bits",
            static operand => operand.Name is "w" or "b",
            static (values, _) => Round(values, Bfloat16),
            ConvForward<double>.Kind,
            ConvBackwardData<double>.Kind,
            MatMul<double>.Kind),
        new ChangedInput(
            "one-weight-off",
            "one weight is wrong by 0.1 %",
            static operand => operand.Name is "w" or "b",
            static (values, _) => values[values.Length / 2] *= 1.001,
            ConvForward<double>.Kind,
            ConvBackwardData<double>.Kind,
            MatMul<double>.Kind),
        new ChangedOutput(
            "denormals-flushed",
            "results below the smallest normal number become 0 where they must be correctly rounded",
            static (_, _, values) => Flush(values),
            Copy<double>.Kind,
            Add<double>.Kind,
            Scale<double>.Kind,
            BiasAdd<double>.Kind,
            "relu.*",
            MaxPoolForward<double>.Kind),
        new ChangedInput(
            "exp-low-precision",
            "the exponential is right to 12 bits",
            static operand => operand.Name == "theta",
            static (theta, _) => RoundExponentials(theta),
            FilterScaleForward<double>.Kind,
            FilterScaleBackward<double>.Kind),
    ];

    /// <summary>Rounds to a number of explicit bits of the significand, to nearest, ties to even.</summary>
    private static void Round(double[] values, int bits)
    {
        int dropped = 52 - bits;
        for (int i = 0; i < values.Length; i++)
        {
            long word = BitConverter.DoubleToInt64Bits(values[i]);
            long rounded = (word + (1L << (dropped - 1)) - 1 + ((word >> dropped) & 1)) & ~((1L << dropped) - 1);
            values[i] = double.IsFinite(values[i]) ? BitConverter.Int64BitsToDouble(rounded) : values[i];
        }
    }

    private static void Flush(double[] values)
    {
        double smallest = Math.ScaleB(1, -126);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Math.Abs(values[i]) < smallest ? Math.CopySign(0, values[i]) : values[i];
        }
    }

    private static void RoundExponentials(double[] theta)
    {
        double[] exponentials = Array.ConvertAll(theta, Math.Exp);
        Round(exponentials, 12);
        Array.ConvertAll(exponentials, Math.Log).CopyTo(theta, 0);
    }
}
