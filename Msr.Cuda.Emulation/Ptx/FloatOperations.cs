using System.Runtime.CompilerServices;

namespace Msr.Cuda.Emulation.Ptx;

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
            _ => throw run.Fault($"the operation {i.Op} has no meaning here; the emulation is at fault"),
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
            _ => throw run.Fault($"the operation {op} has no meaning here; the emulation is at fault"),
        };
    }

    private static ulong Flag(bool value) => value ? 1UL : 0;
}
