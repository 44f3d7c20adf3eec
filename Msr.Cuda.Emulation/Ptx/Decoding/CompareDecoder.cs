using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>Decodes setp: a comparison, whether or not joined with a further predicate, into one predicate or two.</summary>
internal static class CompareDecoder
{
    /// <summary>Decodes a statement of this family.</summary>
    /// <param name="decoder">Where to put the instructions.</param>
    /// <param name="statement">The statement.</param>
    public static void Decode(KernelDecoder decoder, PtxStatement statement)
    {
        string[] parts = statement.Opcode.Split('.');
        bool joined = parts.Length == 4;
        string type = parts[^1];
        int width = type switch
        {
            "b16" or "u16" or "s16" => 16,
            "b32" or "u32" or "s32" or "f32" => 32,
            "b64" or "u64" or "s64" or "f64" => 64,
            _ => 0,
        };
        if (parts.Length is not (3 or 4) || width == 0)
        {
            throw statement.Fault($"the opcode '{statement.Opcode}' is not supported");
        }

        KernelDecoder.RequireOperands(statement, joined ? 4 : 3);
        bool pair = statement.Operands[0].Kind == PtxOperand.Form.Pair;
        ushort join = joined ? decoder.Source(statement, statement.Operands[3], 1) : (ushort)0;
        ushort a = decoder.Source(statement, statement.Operands[1], width);
        ushort b = decoder.Source(statement, statement.Operands[2], width);
        ushort p = decoder.Destination(statement, pair ? statement.Operands[0].Items[0] : statement.Operands[0], 1);
        ushort compared = joined || pair ? decoder.Registers.Scratch() : p;
        Compare(decoder, statement, parts[1], type, (a, b, compared));
        Opcode joiner = !joined ? Opcode.Move : parts[2] switch
        {
            "and" => Opcode.And,
            "or" => Opcode.Or,
            "xor" => Opcode.Xor,
            _ => throw statement.Fault($"the opcode '{statement.Opcode}' is not supported"),
        };

        // The joining predicate may be one of the results, so both are made before either is written.
        ushort second = 0;
        if (pair)
        {
            second = decoder.Registers.Scratch();
            decoder.Emit(Opcode.NotPredicate, second, compared);
            Join(decoder, joiner, second, join);
        }

        Join(decoder, joiner, compared, join);
        if (compared != p)
        {
            decoder.Emit(Opcode.Move, p, compared);
        }

        if (pair)
        {
            decoder.Emit(Opcode.Move, decoder.Destination(statement, statement.Operands[0].Items[1], 1), second);
        }
    }

    private static void Join(KernelDecoder decoder, Opcode joiner, ushort predicate, ushort join)
    {
        if (joiner != Opcode.Move)
        {
            decoder.Emit(joiner, predicate, predicate, join);
        }
    }

    private static void Compare(KernelDecoder decoder, PtxStatement statement, string comparison, string type, (ushort A, ushort B, ushort D) slots)
    {
        (ushort a, ushort b, ushort d) = slots;
        (Opcode op, bool swap, bool invert)? choice = type[0] switch
        {
            'f' => Float(comparison, type == "f64"),
            's' => Signed(comparison, type == "s32"),
            _ => Unsigned(comparison, type[0] == 'b'),
        };
        if (choice is not { } chosen)
        {
            throw statement.Fault($"the opcode '{statement.Opcode}' is not supported");
        }

        if (type == "s16")
        {
            (ushort wideA, ushort wideB) = (decoder.Registers.Scratch(), decoder.Registers.Scratch());
            decoder.Emit(Opcode.SignExtend16, wideA, a);
            decoder.Emit(Opcode.SignExtend16, wideB, b);
            (a, b) = (wideA, wideB);
        }

        (a, b) = chosen.swap ? (b, a) : (a, b);
        decoder.Emit(chosen.op, d, a, b);
        if (chosen.invert)
        {
            decoder.Emit(Opcode.NotPredicate, d, d);
        }
    }

    private static (Opcode Op, bool Swap, bool Invert)? Signed(string comparison, bool narrow)
    {
        Opcode less = narrow ? Opcode.LessS32 : Opcode.LessS64;
        Opcode lessEqual = narrow ? Opcode.LessEqualS32 : Opcode.LessEqualS64;
        return comparison switch
        {
            "eq" => (Opcode.Equal, false, false),
            "ne" => (Opcode.NotEqual, false, false),
            "lt" => (less, false, false),
            "le" => (lessEqual, false, false),
            "gt" => (less, true, false),
            "ge" => (lessEqual, true, false),
            _ => null,
        };
    }

    private static (Opcode Op, bool Swap, bool Invert)? Unsigned(string comparison, bool bits) => comparison switch
    {
        "eq" => (Opcode.Equal, false, false),
        "ne" => (Opcode.NotEqual, false, false),
        "lt" or "lo" when !bits => (Opcode.LessUnsigned, false, false),
        "le" or "ls" when !bits => (Opcode.LessEqualUnsigned, false, false),
        "gt" or "hi" when !bits => (Opcode.LessUnsigned, true, false),
        "ge" or "hs" when !bits => (Opcode.LessEqualUnsigned, true, false),
        _ => null,
    };

    // An unordered comparison is the opposite of the ordered opposite: it holds where a NaN is.
    private static (Opcode Op, bool Swap, bool Invert)? Float(string comparison, bool wide)
    {
        Opcode less = wide ? Opcode.LessF64 : Opcode.LessF32;
        Opcode lessEqual = wide ? Opcode.LessEqualF64 : Opcode.LessEqualF32;
        Opcode equal = wide ? Opcode.EqualF64 : Opcode.EqualF32;
        Opcode notEqual = wide ? Opcode.NotEqualF64 : Opcode.NotEqualF32;
        Opcode ordered = wide ? Opcode.OrderedF64 : Opcode.OrderedF32;
        return comparison switch
        {
            "eq" => (equal, false, false),
            "ne" => (notEqual, false, false),
            "lt" => (less, false, false),
            "le" => (lessEqual, false, false),
            "gt" => (less, true, false),
            "ge" => (lessEqual, true, false),
            "equ" => (notEqual, false, true),
            "neu" => (equal, false, true),
            "ltu" => (lessEqual, true, true),
            "leu" => (less, true, true),
            "gtu" => (lessEqual, false, true),
            "geu" => (less, false, true),
            "num" => (ordered, false, false),
            "nan" => (ordered, false, true),
            _ => null,
        };
    }
}
