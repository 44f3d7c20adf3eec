using System.Numerics;

namespace PropertyTests.Cuda.Ptx;

/// <summary>What integer instructions mean, in C#'s own operators. Results are cut to their width by the caller.</summary>
internal static class IntegerMeanings
{
    /// <summary>Per opcode and shape (the widths of result and sources: p 1, h 16, w 32, l 64 bits), the result of three sources.</summary>
    public static Dictionary<string, Func<ulong, ulong, ulong, ulong>> All { get; } = new(StringComparer.Ordinal)
    {
        ["add.s32 www"] = (a, b, _) => a + b,
        ["sub.s32 www"] = (a, b, _) => a - b,
        ["add.s64 lll"] = (a, b, _) => a + b,
        ["sub.u64 lll"] = (a, b, _) => a - b,
        ["add.s16 hhh"] = (a, b, _) => a + b,
        ["sub.s16 hhh"] = (a, b, _) => a - b,
        ["mul.lo.s32 www"] = (a, b, _) => a * b,
        ["mul.lo.s16 hhh"] = (a, b, _) => a * b,
        ["mul.lo.s64 lll"] = (a, b, _) => a * b,
        ["mul.hi.u32 www"] = (a, b, _) => (ulong)(uint)a * (uint)b >> 32,
        ["mul.hi.s32 www"] = (a, b, _) => (ulong)((long)(int)a * (int)b >> 32),
        ["mul.hi.s16 hhh"] = (a, b, _) => (ulong)((short)a * (short)b >> 16),
        ["mul.hi.u16 hhh"] = (a, b, _) => (ulong)((uint)(ushort)a * (ushort)b >> 16),
        ["mul.hi.u64 lll"] = (a, b, _) => (ulong)(new BigInteger(a) * b >> 64),
        ["mul.hi.s64 lll"] = (a, b, _) => (ulong)(long)(new BigInteger((long)a) * (long)b >> 64),
        ["mul.wide.u32 lww"] = (a, b, _) => (ulong)(uint)a * (uint)b,
        ["mul.wide.s32 lww"] = (a, b, _) => (ulong)((long)(int)a * (int)b),
        ["mul.wide.u16 whh"] = (a, b, _) => (uint)(ushort)a * (ushort)b,
        ["mul.wide.s16 whh"] = (a, b, _) => (ulong)((short)a * (short)b),
        ["mad.lo.s32 wwww"] = (a, b, c) => (a * b) + c,
        ["mad.lo.s64 llll"] = (a, b, c) => (a * b) + c,
        ["mad.lo.u16 hhhh"] = (a, b, c) => (a * b) + c,
        ["mad.wide.u32 lwwl"] = (a, b, c) => ((ulong)(uint)a * (uint)b) + c,
        ["mad.wide.s32 lwwl"] = (a, b, c) => (ulong)((long)(int)a * (int)b) + c,
        ["div.u32 www"] = (a, b, _) => (uint)a / (uint)b,
        ["rem.u32 www"] = (a, b, _) => (uint)a % (uint)b,
        ["div.s32 www"] = (a, b, _) => (ulong)((long)(int)a / (int)b),
        ["rem.s32 www"] = (a, b, _) => (ulong)((long)(int)a % (int)b),
        ["div.s16 hhh"] = (a, b, _) => (ulong)((short)a / (short)b),
        ["rem.s16 hhh"] = (a, b, _) => (ulong)((short)a % (short)b),
        ["div.u16 hhh"] = (a, b, _) => (ulong)((ushort)a / (ushort)b),
        ["div.u64 lll"] = (a, b, _) => a / b,
        ["rem.u64 lll"] = (a, b, _) => a % b,
        ["div.s64 lll"] = (a, b, _) => (ulong)(BigInteger.Divide((long)a, (long)b) & ulong.MaxValue),
        ["rem.s64 lll"] = (a, b, _) => (ulong)(long)BigInteger.Remainder((long)a, (long)b),
        ["min.s32 www"] = (a, b, _) => (ulong)Math.Min((int)a, (int)b),
        ["max.s32 www"] = (a, b, _) => (ulong)Math.Max((int)a, (int)b),
        ["min.u32 www"] = (a, b, _) => Math.Min((uint)a, (uint)b),
        ["max.u64 lll"] = (a, b, _) => Math.Max(a, b),
        ["min.s64 lll"] = (a, b, _) => (ulong)Math.Min((long)a, (long)b),
        ["max.s16 hhh"] = (a, b, _) => (ulong)Math.Max((short)a, (short)b),
        ["min.u16 hhh"] = (a, b, _) => Math.Min((ushort)a, (ushort)b),
        ["neg.s32 ww"] = (a, _, _) => 0 - a,
        ["neg.s64 ll"] = (a, _, _) => 0 - a,
        ["abs.s64 ll"] = (a, _, _) => (long)a < 0 ? 0 - a : a,
        ["abs.s16 hh"] = (a, _, _) => (short)a < 0 ? 0 - a : a,
        ["and.b32 www"] = (a, b, _) => a & b,
        ["or.b64 lll"] = (a, b, _) => a | b,
        ["xor.b16 hhh"] = (a, b, _) => a ^ b,
        ["not.b32 ww"] = (a, _, _) => ~a,
        ["not.b64 ll"] = (a, _, _) => ~a,
        ["not.b16 hh"] = (a, _, _) => ~a,
        ["shl.b32 www"] = (a, b, _) => (uint)b > 31 ? 0 : a << (int)b,
        ["shl.b64 llw"] = (a, b, _) => (uint)b > 63 ? 0 : a << (int)b,
        ["shl.b16 hhw"] = (a, b, _) => (uint)b > 15 ? 0 : a << (int)b,
        ["shr.u32 www"] = (a, b, _) => (uint)b > 31 ? 0 : (uint)a >> (int)b,
        ["shr.s32 www"] = (a, b, _) => (ulong)((int)a >> (int)Math.Min((uint)b, 31)),
        ["shr.b64 llw"] = (a, b, _) => (uint)b > 63 ? 0 : a >> (int)b,
        ["shr.s64 llw"] = (a, b, _) => (ulong)((long)a >> (int)Math.Min((uint)b, 63)),
        ["shr.u16 hhw"] = (a, b, _) => (uint)b > 15 ? 0 : (ulong)((ushort)a >> (int)b),
        ["shr.s16 hhw"] = (a, b, _) => (ulong)((short)a >> (int)Math.Min((uint)b, 15)),
        ["shf.l.wrap.b32 wwww"] = (a, b, c) => ((((ulong)(uint)b << 32) | (uint)a) << (int)(c & 31)) >> 32,
        ["shf.l.clamp.b32 wwww"] = (a, b, c) => (uint)c >= 32 ? a : ((((ulong)(uint)b << 32) | (uint)a) << (int)c) >> 32,
        ["shf.r.wrap.b32 wwww"] = (a, b, c) => (((ulong)(uint)b << 32) | (uint)a) >> (int)(c & 31),
        ["shf.r.clamp.b32 wwww"] = (a, b, c) => (uint)c >= 32 ? b : (((ulong)(uint)b << 32) | (uint)a) >> (int)c,
        ["popc.b32 ww"] = (a, _, _) => (ulong)BitOperations.PopCount((uint)a),
        ["popc.b64 wl"] = (a, _, _) => (ulong)BitOperations.PopCount(a),
        ["clz.b32 ww"] = (a, _, _) => (ulong)BitOperations.LeadingZeroCount((uint)a),
        ["clz.b64 wl"] = (a, _, _) => (ulong)BitOperations.LeadingZeroCount(a),
        ["brev.b32 ww"] = (a, _, _) => Enumerable.Range(0, 32).Aggregate(0UL, (r, k) => r | (((a >> k) & 1) << (31 - k))),
        ["brev.b64 ll"] = (a, _, _) => Enumerable.Range(0, 64).Aggregate(0UL, (r, k) => r | (((a >> k) & 1) << (63 - k))),
        ["bfe.u32 wwww"] = (a, b, c) => Field(a, b, c, 32, signed: false),
        ["bfe.s32 wwww"] = (a, b, c) => Field(a, b, c, 32, signed: true),
        ["bfe.u64 llww"] = (a, b, c) => Field(a, b, c, 64, signed: false),
        ["bfe.s64 llww"] = (a, b, c) => Field(a, b, c, 64, signed: true),
        ["setp.lt.s32 pww"] = (a, b, _) => (int)a < (int)b ? 1UL : 0,
        ["setp.ge.s32 pww"] = (a, b, _) => (int)a >= (int)b ? 1UL : 0,
        ["setp.hi.u32 pww"] = (a, b, _) => (uint)a > (uint)b ? 1UL : 0,
        ["setp.ls.u64 pll"] = (a, b, _) => a <= b ? 1UL : 0,
        ["setp.gt.s64 pll"] = (a, b, _) => (long)a > (long)b ? 1UL : 0,
        ["setp.le.s16 phh"] = (a, b, _) => (short)a <= (short)b ? 1UL : 0,
        ["setp.ne.b16 phh"] = (a, b, _) => (ushort)a != (ushort)b ? 1UL : 0,
        ["setp.eq.b64 pll"] = (a, b, _) => a == b ? 1UL : 0,
        ["prmt.b32 wwww"] = (a, b, c) => Enumerable.Range(0, 4).Aggregate(0UL, (r, k) => r | (Byte(a, b, (int)(c >> (4 * k)) & 15) << (8 * k))),
    };

    private static ulong Byte(ulong a, ulong b, int digit)
    {
        ulong chosen = (digit & 4) == 0 ? a >> (8 * (digit & 3)) : b >> (8 * (digit & 3));
        return (digit & 8) == 0 ? chosen & 0xff : (chosen & 0x80) != 0 ? 0xffUL : 0;
    }

    // As PTX puts it: bit by bit, the sign bit filling what lies beyond the field.
    private static ulong Field(ulong a, ulong b, ulong c, int width, bool signed)
    {
        (int position, int length) = ((int)(b & 0xff), (int)(c & 0xff));
        ulong sign = !signed || length == 0 ? 0 : (a >> Math.Min(position + length - 1, width - 1)) & 1;
        ulong result = 0;
        for (int k = 0; k < width; k++)
        {
            result |= (k < length && position + k < width ? (a >> (position + k)) & 1 : sign) << k;
        }

        return result;
    }
}
