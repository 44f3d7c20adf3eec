using System.Collections.Frozen;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>
/// The opcodes whose operands are plain registers: arithmetic and moves. Rounding must be spelt out, since ptxas may fuse add.f32 and mul.f32 into
/// one fma but never add.rn.f32; approximations and flushing to zero are left out, since their bits differ between devices.
/// </summary>
internal static class OpcodeTable
{
    private static readonly FrozenDictionary<string, OpcodeForm> Forms = Build();

    /// <summary>Finds an opcode.</summary>
    /// <param name="opcode">The opcode with all its parts.</param>
    /// <returns>How to decode it, or null.</returns>
    public static OpcodeForm? Find(string opcode) => Forms.GetValueOrDefault(opcode);

    private static FrozenDictionary<string, OpcodeForm> Build()
    {
        Dictionary<string, OpcodeForm> forms = new(StringComparer.Ordinal);
        AddMoves(forms);
        AddModular(forms);
        AddSigned(forms);
        AddUnsigned(forms);
        AddProducts(forms);
        AddShifts(forms);
        AddBits(forms);
        AddFloats(forms);
        return forms.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void AddMoves(Dictionary<string, OpcodeForm> forms)
    {
        foreach ((string types, char width) in (ReadOnlySpan<(string, char)>)[("pred", 'p'), ("b16 u16 s16", 'h'), ("b32 u32 s32 f32", 'w'), ("b64 u64 s64 f64", 'l')])
        {
            foreach (string type in types.Split(' '))
            {
                forms["mov." + type] = new(Opcode.Move, $"{width}{width}");
                if (width != 'p')
                {
                    forms["selp." + type] = new(Opcode.Select, $"{width}{width}{width}p");
                }
            }
        }
    }

    // Sums, products and complements are the same for signed and unsigned; 16-bit ones are truncated from 32-bit ones.
    private static void AddModular(Dictionary<string, OpcodeForm> forms)
    {
        ReadOnlySpan<(string Name, int Sources, Opcode Narrow, Opcode Wide)> operations =
        [
            ("add", 2, Opcode.Add32, Opcode.Add64), ("sub", 2, Opcode.Subtract32, Opcode.Subtract64),
            ("mul.lo", 2, Opcode.Multiply32, Opcode.Multiply64), ("mad.lo", 3, Opcode.MultiplyAdd32, Opcode.MultiplyAdd64),
            ("neg", 1, Opcode.Negate32, Opcode.Negate64),
        ];
        foreach ((string name, int sources, Opcode narrow, Opcode wide) in operations)
        {
            foreach (char sign in "su")
            {
                forms[$"{name}.{sign}16"] = new(narrow, new string('h', sources + 1), Cut: Opcode.Truncate16);
                forms[$"{name}.{sign}32"] = new(narrow, new string('w', sources + 1));
                forms[$"{name}.{sign}64"] = new(wide, new string('l', sources + 1));
            }
        }
    }

    // Those of 16 bits are computed in 64 bits, from extended sources.
    private static void AddSigned(Dictionary<string, OpcodeForm> forms)
    {
        ReadOnlySpan<(string Name, int Sources, Opcode Narrow, Opcode Wide)> operations =
        [
            ("div", 2, Opcode.DivideS32, Opcode.DivideS64), ("rem", 2, Opcode.RemainderS32, Opcode.RemainderS64),
            ("min", 2, Opcode.MinS32, Opcode.MinS64), ("max", 2, Opcode.MaxS32, Opcode.MaxS64), ("abs", 1, Opcode.Absolute32, Opcode.Absolute64),
        ];
        foreach ((string name, int sources, Opcode narrow, Opcode wide) in operations)
        {
            forms[name + ".s16"] = new(wide, new string('h', sources + 1), Opcode.SignExtend16, Opcode.Truncate16);
            forms[name + ".s32"] = new(narrow, new string('w', sources + 1));
            forms[name + ".s64"] = new(wide, new string('l', sources + 1));
        }
    }

    private static void AddUnsigned(Dictionary<string, OpcodeForm> forms)
    {
        ReadOnlySpan<(string Name, Opcode Op)> operations =
        [
            ("div", Opcode.DivideUnsigned), ("rem", Opcode.RemainderUnsigned), ("min", Opcode.MinUnsigned), ("max", Opcode.MaxUnsigned),
        ];
        foreach ((string name, Opcode op) in operations)
        {
            forms[name + ".u16"] = new(op, "hhh");
            forms[name + ".u32"] = new(op, "www");
            forms[name + ".u64"] = new(op, "lll");
        }
    }

    private static void AddProducts(Dictionary<string, OpcodeForm> forms)
    {
        forms["mul.hi.u16"] = new(Opcode.MultiplyHighU16, "hhh");
        forms["mul.hi.s16"] = new(Opcode.MultiplyHighS16, "hhh");
        forms["mul.hi.u32"] = new(Opcode.MultiplyHighU32, "www");
        forms["mul.hi.s32"] = new(Opcode.MultiplyHighS32, "www");
        forms["mul.hi.u64"] = new(Opcode.MultiplyHighU64, "lll");
        forms["mul.hi.s64"] = new(Opcode.MultiplyHighS64, "lll");
        forms["mul.wide.u16"] = new(Opcode.Multiply64, "whh");
        forms["mul.wide.u32"] = new(Opcode.Multiply64, "lww");
        forms["mul.wide.s16"] = new(Opcode.Multiply64, "whh", Opcode.SignExtend16, Opcode.Truncate32);
        forms["mul.wide.s32"] = new(Opcode.MultiplyWideS32, "lww");
        forms["mad.wide.u16"] = new(Opcode.MultiplyAdd32, "whhw");
        forms["mad.wide.u32"] = new(Opcode.MultiplyAdd64, "lwwl");
        forms["mad.wide.s32"] = new(Opcode.MultiplyAddWideS32, "lwwl");
    }

    private static void AddShifts(Dictionary<string, OpcodeForm> forms)
    {
        forms["shl.b16"] = new(Opcode.ShiftLeft32, "hhw", Cut: Opcode.Truncate16);
        forms["shl.b32"] = new(Opcode.ShiftLeft32, "www");
        forms["shl.b64"] = new(Opcode.ShiftLeft64, "llw");
        foreach (char sign in "ub")
        {
            forms[$"shr.{sign}16"] = new(Opcode.ShiftRightUnsigned, "hhw");
            forms[$"shr.{sign}32"] = new(Opcode.ShiftRightUnsigned, "www");
            forms[$"shr.{sign}64"] = new(Opcode.ShiftRightUnsigned, "llw");
        }

        forms["shr.s16"] = new(Opcode.ShiftRightS64, "hhw", Opcode.SignExtend16, Opcode.Truncate16);
        forms["shr.s32"] = new(Opcode.ShiftRightS32, "www");
        forms["shr.s64"] = new(Opcode.ShiftRightS64, "llw");
        forms["shf.l.wrap.b32"] = new(Opcode.FunnelLeftWrap, "wwww");
        forms["shf.l.clamp.b32"] = new(Opcode.FunnelLeftClamp, "wwww");
        forms["shf.r.wrap.b32"] = new(Opcode.FunnelRightWrap, "wwww");
        forms["shf.r.clamp.b32"] = new(Opcode.FunnelRightClamp, "wwww");
    }

    private static void AddBits(Dictionary<string, OpcodeForm> forms)
    {
        foreach ((string name, Opcode op) in (ReadOnlySpan<(string, Opcode)>)[("and", Opcode.And), ("or", Opcode.Or), ("xor", Opcode.Xor)])
        {
            forms[name + ".pred"] = new(op, "ppp");
            forms[name + ".b16"] = new(op, "hhh");
            forms[name + ".b32"] = new(op, "www");
            forms[name + ".b64"] = new(op, "lll");
        }

        forms["not.pred"] = new(Opcode.NotPredicate, "pp");
        forms["not.b16"] = new(Opcode.Not32, "hh", Cut: Opcode.Truncate16);
        forms["not.b32"] = new(Opcode.Not32, "ww");
        forms["not.b64"] = new(Opcode.Not64, "ll");
        forms["popc.b32"] = new(Opcode.PopulationCount, "ww");
        forms["popc.b64"] = new(Opcode.PopulationCount, "wl");
        forms["clz.b32"] = new(Opcode.LeadingZeros32, "ww");
        forms["clz.b64"] = new(Opcode.LeadingZeros64, "wl");
        forms["brev.b32"] = new(Opcode.Reverse32, "ww");
        forms["brev.b64"] = new(Opcode.Reverse64, "ll");
        forms["prmt.b32"] = new(Opcode.Permute, "wwww");
        forms["lop3.b32"] = new(Opcode.Logic3, "wwwww");
        forms["bfe.u32"] = new(Opcode.ExtractU32, "wwww");
        forms["bfe.s32"] = new(Opcode.ExtractS32, "wwww");
        forms["bfe.u64"] = new(Opcode.ExtractU64, "llww");
        forms["bfe.s64"] = new(Opcode.ExtractS64, "llww");
        forms["bfi.b32"] = new(Opcode.Insert32, "wwwww");
        forms["bfi.b64"] = new(Opcode.Insert64, "lllww");
    }

    private static void AddFloats(Dictionary<string, OpcodeForm> forms)
    {
        ReadOnlySpan<(string Name, int Sources, Opcode Narrow, Opcode Wide)> operations =
        [
            ("add.rn", 2, Opcode.AddF32, Opcode.AddF64), ("sub.rn", 2, Opcode.SubtractF32, Opcode.SubtractF64),
            ("mul.rn", 2, Opcode.MultiplyF32, Opcode.MultiplyF64), ("div.rn", 2, Opcode.DivideF32, Opcode.DivideF64),
            ("fma.rn", 3, Opcode.FusedF32, Opcode.FusedF64), ("sqrt.rn", 1, Opcode.SqrtF32, Opcode.SqrtF64),
            ("rcp.rn", 1, Opcode.ReciprocalF32, Opcode.ReciprocalF64), ("neg", 1, Opcode.NegateF32, Opcode.NegateF64),
            ("abs", 1, Opcode.AbsoluteF32, Opcode.AbsoluteF64), ("min", 2, Opcode.MinF32, Opcode.MinF64), ("max", 2, Opcode.MaxF32, Opcode.MaxF64),
            ("copysign", 2, Opcode.CopySignF32, Opcode.CopySignF64),
        ];
        foreach ((string name, int sources, Opcode narrow, Opcode wide) in operations)
        {
            forms[name + ".f32"] = new(narrow, new string('w', sources + 1));
            forms[name + ".f64"] = new(wide, new string('l', sources + 1));
        }

        forms["testp.infinite.f32"] = new(Opcode.TestInfiniteF32, "pw");
        forms["testp.finite.f32"] = new(Opcode.TestFiniteF32, "pw");
        forms["testp.notanumber.f32"] = new(Opcode.TestNanF32, "pw");
        AddConversions(forms);
    }

    private static void AddConversions(Dictionary<string, OpcodeForm> forms)
    {
        forms["cvt.f64.f32"] = new(Opcode.ConvertF64FromF32, "lw");
        forms["cvt.rn.f32.f64"] = new(Opcode.ConvertF32FromF64, "wl");
        ReadOnlySpan<(string Name, Opcode Narrow, Opcode Wide)> rounds =
        [
            ("rni", Opcode.RoundEvenF32, Opcode.RoundEvenF64), ("rzi", Opcode.RoundZeroF32, Opcode.RoundZeroF64),
            ("rmi", Opcode.RoundDownF32, Opcode.RoundDownF64), ("rpi", Opcode.RoundUpF32, Opcode.RoundUpF64),
        ];
        foreach ((string name, Opcode narrow, Opcode wide) in rounds)
        {
            forms[$"cvt.{name}.f32.f32"] = new(narrow, "ww");
            forms[$"cvt.{name}.f64.f64"] = new(wide, "ll");
        }
    }
}

/// <summary>The decoding of an opcode whose operands are all registers or constants.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Shape">The width of the result and of each source: p 1, h 16, w 32, l 64 bits.</param>
/// <param name="Extend">The operation that each source of 16 bits goes through first, or null.</param>
/// <param name="Cut">The operation that the result goes through at last, or null.</param>
internal sealed record OpcodeForm(Opcode Op, string Shape, Opcode? Extend = null, Opcode? Cut = null);
