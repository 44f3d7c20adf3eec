using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>The rarer integer operations on registers.</summary>
internal static class IntegerOperations
{
    /// <summary>Runs an operation.</summary>
    /// <param name="i">The instruction.</param>
    /// <param name="slots">The first slot of the thread.</param>
    /// <param name="run">The run, for messages.</param>
    public static void Execute(in Instruction i, ref ulong slots, BlockRun run)
    {
        ulong a = Unsafe.Add(ref slots, (nint)i.A);
        ulong b = Unsafe.Add(ref slots, (nint)i.B);
        ulong c = Unsafe.Add(ref slots, (nint)i.C);
        Unsafe.Add(ref slots, (nint)i.D) = i.Op switch
        {
            Opcode.Not32 => ~(uint)a,
            Opcode.Not64 => ~a,
            Opcode.Negate32 => 0 - (uint)a,
            Opcode.Negate64 => 0 - a,
            Opcode.Absolute32 => (int)a < 0 ? 0 - (uint)a : a,
            Opcode.Absolute64 => (long)a < 0 ? 0 - a : a,
            Opcode.MinS32 => (uint)Math.Min((int)a, (int)b),
            Opcode.MaxS32 => (uint)Math.Max((int)a, (int)b),
            Opcode.MinS64 => (ulong)Math.Min((long)a, (long)b),
            Opcode.MaxS64 => (ulong)Math.Max((long)a, (long)b),
            >= Opcode.DivideUnsigned and <= Opcode.RemainderS64 => Divide(i.Op, a, b, run),
            Opcode.MultiplyHighS32 => (uint)((long)(int)a * (int)b >> 32),
            Opcode.MultiplyHighS16 => (ushort)((short)a * (short)b >> 16),
            Opcode.MultiplyHighU16 => (uint)(a * b) >> 16,
            Opcode.MultiplyHighU64 => Math.BigMul(a, b, out ulong _),
            Opcode.MultiplyHighS64 => (ulong)Math.BigMul((long)a, (long)b, out long _),
            Opcode.MultiplyAddWideS32 => (ulong)((long)(int)a * (int)b) + c,
            Opcode.ShiftRightS64 => (ulong)((long)a >> (int)Math.Min(b, 63)),
            >= Opcode.FunnelLeftWrap and <= Opcode.FunnelRightClamp => Funnel(i.Op, (b << 32) | a, (uint)c),
            Opcode.PopulationCount => (ulong)BitOperations.PopCount(a),
            Opcode.LeadingZeros32 => (ulong)BitOperations.LeadingZeroCount((uint)a),
            Opcode.LeadingZeros64 => (ulong)BitOperations.LeadingZeroCount(a),
            Opcode.Reverse32 => Reverse(a) >> 32,
            Opcode.Reverse64 => Reverse(a),
            Opcode.Permute => Permute((b << 32) | a, (uint)c),
            Opcode.Logic3 => Logic((uint)a, (uint)b, (uint)c, Unsafe.Add(ref slots, (nint)i.E)),
            >= Opcode.ExtractU32 and <= Opcode.ExtractS64 => Extract(i.Op, a, (int)b & 0xff, (int)c & 0xff),
            Opcode.Insert32 => Insert(a, b, (int)c & 0xff, (int)Unsafe.Add(ref slots, (nint)i.E) & 0xff, 32),
            Opcode.Insert64 => Insert(a, b, (int)c & 0xff, (int)Unsafe.Add(ref slots, (nint)i.E) & 0xff, 64),
            _ => throw run.Fault($"the operation {i.Op} is not an integer operation, which is a bug of the emulation"),
        };
    }

    // What a device gives for a division by zero is not specified, so it is a fault here. The smallest integer by -1 wraps.
    private static ulong Divide(Opcode op, ulong a, ulong b, BlockRun run)
    {
        if (b == 0)
        {
            throw run.Fault("integer division by zero; the result is undefined");
        }

        return op switch
        {
            Opcode.DivideUnsigned => a / b,
            Opcode.RemainderUnsigned => a % b,
            Opcode.DivideS32 => (uint)((long)(int)a / (int)b),
            Opcode.RemainderS32 => (uint)((long)(int)a % (int)b),
            Opcode.DivideS64 => (long)b == -1 ? 0 - a : (ulong)((long)a / (long)b),
            _ => (long)b == -1 ? 0 : (ulong)((long)a % (long)b),
        };
    }

    private static ulong Funnel(Opcode op, ulong value, uint amount)
    {
        int shift = (int)(op is Opcode.FunnelLeftWrap or Opcode.FunnelRightWrap ? amount & 31 : Math.Min(amount, 32));
        return op is Opcode.FunnelLeftWrap or Opcode.FunnelLeftClamp ? (uint)(value << shift >> 32) : (uint)(value >> shift);
    }

    private static ulong Reverse(ulong value)
    {
        value = BinaryPrimitives.ReverseEndianness(value);
        value = ((value >> 4) & 0x0f0f0f0f0f0f0f0f) | ((value & 0x0f0f0f0f0f0f0f0f) << 4);
        value = ((value >> 2) & 0x3333333333333333) | ((value & 0x3333333333333333) << 2);
        return ((value >> 1) & 0x5555555555555555) | ((value & 0x5555555555555555) << 1);
    }

    // Each hexadecimal digit of the selector chooses a byte; its highest bit asks for that byte's sign instead.
    private static ulong Permute(ulong bytes, uint selector)
    {
        uint result = 0;
        for (int k = 0; k < 4; k++)
        {
            uint digit = (selector >> (4 * k)) & 0xf;
            uint chosen = (uint)(bytes >> (int)(8 * (digit & 7))) & 0xff;
            chosen = (digit & 8) == 0 ? chosen : (uint)((sbyte)chosen >> 7) & 0xff;
            result |= chosen << (8 * k);
        }

        return result;
    }

    private static ulong Logic(uint a, uint b, uint c, ulong table)
    {
        uint result = 0;
        for (int row = 0; row < 8; row++)
        {
            if ((table & (1UL << row)) != 0)
            {
                result |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
            }
        }

        return result;
    }

    // A signed field is extended by its highest bit, or by that of the whole where the field reaches beyond it.
    private static ulong Extract(Opcode op, ulong a, int position, int length)
    {
        int width = op is Opcode.ExtractU32 or Opcode.ExtractS32 ? 32 : 64;
        bool signed = op is Opcode.ExtractS32 or Opcode.ExtractS64;
        ulong all = ulong.MaxValue >> (64 - width);
        ulong field = position >= width ? 0 : a >> position;
        ulong mask = length >= 64 ? ulong.MaxValue : (1UL << length) - 1;
        bool negative = signed && length > 0 && (a >> Math.Min(position + length - 1, width - 1) & 1) != 0;
        if (!negative)
        {
            return field & mask & all;
        }

        // Above the whole there are copies of its sign.
        int inside = Math.Clamp(width - position, 0, Math.Min(length, width));
        ulong kept = inside >= 64 ? ulong.MaxValue : (1UL << inside) - 1;
        return ((field & kept) | ~kept) & all;
    }

    private static ulong Insert(ulong a, ulong b, int position, int length, int width)
    {
        if (position >= width || length == 0)
        {
            return b;
        }

        ulong mask = (length >= 64 ? ulong.MaxValue : (1UL << length) - 1) << position;
        mask &= ulong.MaxValue >> (64 - width);
        return (b & ~mask) | ((a << position) & mask);
    }
}
