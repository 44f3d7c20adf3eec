using System.Runtime.CompilerServices;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>The rarer floating-point operations on registers: conversions, roundings, all of float64.</summary>
internal static class FloatOperations
{
    /// <summary>Runs an operation.</summary>
    /// <param name="i">The instruction.</param>
    /// <param name="slots">The first slot of the thread.</param>
    /// <param name="run">The run, for messages.</param>
    public static void Execute(in Instruction i, ref ulong slots, BlockRun run)
    {
        ulong a = Unsafe.Add(ref slots, (nint)i.A);
        ulong b = Unsafe.Add(ref slots, (nint)i.B);
        Unsafe.Add(ref slots, (nint)i.D) = i.Op switch
        {
            >= Opcode.AddF64 and <= Opcode.OrderedF64 => Double(i.Op, a, b, Unsafe.Add(ref slots, (nint)i.C), run),
            Opcode.ConvertF32FromS64 => FloatBits.Bits((float)(long)a),
            Opcode.ConvertF32FromU64 => FloatBits.Bits(FloatBits.SingleOf(a)),
            Opcode.ConvertF64FromS64 => FloatBits.Bits((double)(long)a),
            Opcode.ConvertF64FromU64 => FloatBits.Bits(FloatBits.DoubleOf(a)),
            Opcode.ConvertF64FromF32 => FloatBits.Bits((double)FloatBits.Single(a)),
            Opcode.ConvertF32FromF64 => FloatBits.Bits((float)FloatBits.Double(a)),
            Opcode.ConvertIntegerFromF32 => FloatBits.ToInteger(FloatBits.Single(a), 8 * i.Size, i.Count == 1, fromDouble: false),
            Opcode.ConvertIntegerFromF64 => FloatBits.ToInteger(FloatBits.Double(a), 8 * i.Size, i.Count == 1, fromDouble: true),
            Opcode.RoundZeroF32 => FloatBits.Bits(MathF.Truncate(FloatBits.Single(a))),
            Opcode.RoundDownF32 => FloatBits.Bits(MathF.Floor(FloatBits.Single(a))),
            Opcode.RoundUpF32 => FloatBits.Bits(MathF.Ceiling(FloatBits.Single(a))),
            Opcode.RoundEvenF64 => FloatBits.Bits(Math.Round(FloatBits.Double(a), MidpointRounding.ToEven)),
            Opcode.RoundZeroF64 => FloatBits.Bits(Math.Truncate(FloatBits.Double(a))),
            Opcode.RoundDownF64 => FloatBits.Bits(Math.Floor(FloatBits.Double(a))),
            Opcode.RoundUpF64 => FloatBits.Bits(Math.Ceiling(FloatBits.Double(a))),
            Opcode.CopySignF32 => (b & 0x7fffffff) | (a & 0x80000000),
            Opcode.CopySignF64 => (b & long.MaxValue) | (a & (1UL << 63)),
            Opcode.TestInfiniteF32 => Flag(float.IsInfinity(FloatBits.Single(a))),
            Opcode.TestFiniteF32 => Flag(float.IsFinite(FloatBits.Single(a))),
            Opcode.TestNanF32 => Flag(float.IsNaN(FloatBits.Single(a))),
            _ => throw run.Fault($"the operation {i.Op} is not a float operation, which is a bug of the emulation"),
        };
    }

    private static ulong Double(Opcode op, ulong bitsA, ulong bitsB, ulong bitsC, BlockRun run)
    {
        double a = FloatBits.Double(bitsA);
        double b = FloatBits.Double(bitsB);
        return op switch
        {
            Opcode.AddF64 => FloatBits.Bits(a + b),
            Opcode.SubtractF64 => FloatBits.Bits(a - b),
            Opcode.MultiplyF64 => FloatBits.Bits(a * b),
            Opcode.DivideF64 => FloatBits.Bits(a / b),
            Opcode.FusedF64 => FloatBits.Bits(Math.FusedMultiplyAdd(a, b, FloatBits.Double(bitsC))),
            Opcode.SqrtF64 => FloatBits.Bits(Math.Sqrt(a)),
            Opcode.ReciprocalF64 => FloatBits.Bits(1 / a),
            Opcode.NegateF64 => bitsA ^ (1UL << 63),
            Opcode.AbsoluteF64 => bitsA & long.MaxValue,
            Opcode.MinF64 => FloatBits.Bits(FloatBits.Min(a, b)),
            Opcode.MaxF64 => FloatBits.Bits(FloatBits.Max(a, b)),
            Opcode.EqualF64 => Flag(a == b),
            Opcode.NotEqualF64 => Flag(a < b || a > b),
            Opcode.LessF64 => Flag(a < b),
            Opcode.LessEqualF64 => Flag(a <= b),
            Opcode.OrderedF64 => Flag(!double.IsNaN(a) && !double.IsNaN(b)),
            _ => throw run.Fault($"the operation {op} is not a float operation, which is a bug of the emulation"),
        };
    }

    private static ulong Flag(bool value) => value ? 1UL : 0;
}

/// <summary>Floats as registers hold them. A NaN that arithmetic makes has always the same bits, as on a device.</summary>
internal static class FloatBits
{
    /// <summary>The NaN of float32 arithmetic.</summary>
    public const uint NanF32 = 0x7fffffff;

    /// <summary>The NaN of float64 arithmetic.</summary>
    public const ulong NanF64 = 0xfff8_0000_0000_0000;

    /// <summary>The float32 that a register holds.</summary>
    /// <param name="bits">The register.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Single(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    /// <summary>The float64 that a register holds.</summary>
    /// <param name="bits">The register.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Double(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    /// <summary>A result of float32 arithmetic as a register holds it.</summary>
    /// <param name="value">The result.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits(float value) => float.IsNaN(value) ? NanF32 : BitConverter.SingleToUInt32Bits(value);

    /// <summary>A result of float64 arithmetic as a register holds it.</summary>
    /// <param name="value">The result.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits(double value) => double.IsNaN(value) ? NanF64 : BitConverter.DoubleToUInt64Bits(value);

    /// <summary>The smaller number: a NaN yields to a number, and -0 is smaller than +0.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">A number.</param>
    public static float Min(float a, float b) => float.IsNaN(a) ? b : float.IsNaN(b) ? a : MathF.Min(a, b);

    /// <summary>The larger number: a NaN yields to a number, and +0 is larger than -0.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">A number.</param>
    public static float Max(float a, float b) => float.IsNaN(a) ? b : float.IsNaN(b) ? a : MathF.Max(a, b);

    /// <summary>The smaller number: a NaN yields to a number, and -0 is smaller than +0.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">A number.</param>
    public static double Min(double a, double b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Min(a, b);

    /// <summary>The larger number: a NaN yields to a number, and +0 is larger than -0.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">A number.</param>
    public static double Max(double a, double b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Max(a, b);

    /// <summary>The signed 32-bit integer towards 0: saturating, 0 for NaN.</summary>
    /// <param name="value">A number.</param>
    public static int ToS32(float value) => float.IsNaN(value) ? 0 : value >= 2147483648f ? int.MaxValue : value < -2147483648f ? int.MinValue : (int)value;

    /// <summary>An unsigned 64-bit integer, rounded once.</summary>
    /// <param name="value">The integer.</param>
    public static float SingleOf(ulong value) => value <= long.MaxValue ? (long)value : 2f * (long)((value >> 1) | (value & 1));

    /// <summary>An unsigned 64-bit integer, rounded once.</summary>
    /// <param name="value">The integer.</param>
    public static double DoubleOf(ulong value) => value <= long.MaxValue ? (long)value : 2d * (long)((value >> 1) | (value & 1));

    /// <summary>
    /// An integer towards 0, saturating. A NaN is 0 where it comes from float32 and goes to at most 32 bits, else the integer whose only set bit is
    /// the highest one, as PTX has it.
    /// </summary>
    /// <param name="value">A number.</param>
    /// <param name="bits">The size of the integer: 8, 16, 32 or 64.</param>
    /// <param name="signed">Whether it is signed.</param>
    /// <param name="fromDouble">Whether the number was a float64.</param>
    /// <returns>The low bits of the integer.</returns>
    public static ulong ToInteger(double value, int bits, bool signed, bool fromDouble)
    {
        ulong mask = ulong.MaxValue >> (64 - bits);
        ulong top = 1UL << (bits - 1);
        if (double.IsNaN(value))
        {
            return fromDouble || bits == 64 ? top : 0;
        }

        double limit = signed ? top : 2.0 * top;
        if (value >= limit)
        {
            return signed ? top - 1 : mask;
        }

        if (signed)
        {
            return value < -limit ? top : (ulong)(long)value & mask;
        }

        return value <= -1 ? 0 : value < 9223372036854775808.0 ? (ulong)(long)value : (ulong)(long)(value - 9223372036854775808.0) | (1UL << 63);
    }
}
