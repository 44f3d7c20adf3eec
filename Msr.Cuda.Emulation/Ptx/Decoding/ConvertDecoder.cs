using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>Decodes cvt between integers and floats of all sizes, and mov between a register and a vector of halves.</summary>
internal static class ConvertDecoder
{
    /// <summary>Decodes a cvt that the table does not hold.</summary>
    /// <param name="decoder">Where to put the instructions.</param>
    /// <param name="statement">The statement.</param>
    public static void Decode(KernelDecoder decoder, PtxStatement statement)
    {
        KernelDecoder.RequireOperands(statement, 2);
        string[] parts = statement.Opcode.Split('.');
        string rounding = parts.Length == 4 ? parts[1] : "";
        if (parts.Length is not (3 or 4) || !TryType(parts[^2], out char to, out int toBits) || !TryType(parts[^1], out char from, out int fromBits))
        {
            throw Unknown(statement);
        }

        ushort source = decoder.Source(statement, statement.Operands[1], Math.Max(fromBits, 16), orWider: true);
        ushort result = decoder.Destination(statement, statement.Operands[0], Math.Max(toBits, 16), orWider: true);
        int sourceWidth = decoder.WidthOf(statement.Operands[1], Math.Max(fromBits, 16));
        int resultWidth = decoder.WidthOf(statement.Operands[0], Math.Max(toBits, 16));
        bool toFloat = to == 'f';
        bool fromFloat = from == 'f';
        if ((toFloat && resultWidth != toBits) || (fromFloat && sourceWidth != fromBits))
        {
            throw statement.Fault("a floating-point type does not have the width of its register");
        }

        switch ((fromFloat, toFloat))
        {
            case (false, false) when rounding.Length == 0:
                // A wider source is read by its low bits; a narrower result is extended by its own sign.
                Extend(decoder, result, source, from, fromBits);
                if (toBits < resultWidth || toBits < fromBits)
                {
                    Extend(decoder, result, result, to, toBits);
                }

                Cut(decoder, result, resultWidth);
                break;
            case (false, true) when rounding == "rn":
                FromInteger(decoder, (result, source), from, fromBits, toBits);
                break;
            case (true, false):
                ToInteger(decoder, statement, (result, source), rounding, (to, toBits, fromBits));
                if (to == 's')
                {
                    Extend(decoder, result, result, to, toBits);
                }

                Cut(decoder, result, resultWidth);
                break;
            default:
                throw Unknown(statement);
        }
    }

    /// <summary>Decodes mov between a register and a vector of its halves.</summary>
    /// <param name="decoder">Where to put the instructions.</param>
    /// <param name="statement">The statement.</param>
    public static void DecodePacking(KernelDecoder decoder, PtxStatement statement)
    {
        KernelDecoder.RequireOperands(statement, 2);
        int width = statement.Opcode switch { "mov.b64" => 64, "mov.b32" => 32, _ => throw Unknown(statement) };
        (PtxOperand to, PtxOperand from) = (statement.Operands[0], statement.Operands[1]);
        PtxOperand vector = to.Kind == PtxOperand.Form.Vector ? to : from;
        if (vector.Items.Length != 2)
        {
            throw statement.Fault("this instruction supports only vectors of two");
        }

        if (vector == from)
        {
            ushort low = decoder.Source(statement, from.Items[0], width / 2);
            ushort high = decoder.Source(statement, from.Items[1], width / 2);
            decoder.Emit(width == 64 ? Opcode.Pack32 : Opcode.Pack16, decoder.Destination(statement, to, width), low, high);
            return;
        }

        ushort whole = decoder.Source(statement, from, width);
        decoder.Emit(width == 64 ? Opcode.Truncate32 : Opcode.Truncate16, decoder.Destination(statement, to.Items[0], width / 2), whole);
        ushort shift = decoder.Registers.Constant((ulong)(width / 2));
        decoder.Emit(Opcode.ShiftRightUnsigned, decoder.Destination(statement, to.Items[1], width / 2), whole, shift);
    }

    /// <summary>Clears what a register holds above its width.</summary>
    /// <param name="decoder">Where to put the instruction.</param>
    /// <param name="slot">The register.</param>
    /// <param name="width">Its width in bits.</param>
    public static void Cut(KernelDecoder decoder, ushort slot, int width)
    {
        if (width < 64)
        {
            decoder.Emit(width == 16 ? Opcode.Truncate16 : Opcode.Truncate32, slot, slot);
        }
    }

    private static EmulationException Unknown(PtxStatement statement) => statement.Fault($"the opcode '{statement.Opcode}' is not supported");

    private static bool TryType(string part, out char kind, out int bits)
    {
        kind = part[0];
        return int.TryParse(part.AsSpan(1), out bits) && (kind, bits) is ('u' or 's', 8 or 16 or 32 or 64) or ('f', 32 or 64);
    }

    private static void Extend(KernelDecoder decoder, ushort to, ushort from, char kind, int bits)
    {
        Opcode op = (kind, bits) switch
        {
            ('s', 8) => Opcode.SignExtend8,
            ('s', 16) => Opcode.SignExtend16,
            ('s', 32) => Opcode.SignExtend32,
            ('u', 8) => Opcode.Truncate8,
            ('u', 16) => Opcode.Truncate16,
            ('u', 32) => Opcode.Truncate32,
            _ => Opcode.Move,
        };
        if (op != Opcode.Move || to != from)
        {
            decoder.Emit(op, to, from);
        }
    }

    private static void FromInteger(KernelDecoder decoder, (ushort To, ushort From) slots, char from, int fromBits, int toBits)
    {
        if (fromBits == 32 && toBits == 32)
        {
            decoder.Emit(from == 's' ? Opcode.ConvertF32FromS32 : Opcode.ConvertF32FromU32, slots.To, slots.From);
            return;
        }

        ushort wide = decoder.Registers.Scratch();
        Extend(decoder, wide, slots.From, from, fromBits);
        Opcode op = (from, toBits) switch
        {
            ('s', 32) => Opcode.ConvertF32FromS64,
            ('u', 32) => Opcode.ConvertF32FromU64,
            ('s', _) => Opcode.ConvertF64FromS64,
            _ => Opcode.ConvertF64FromU64,
        };
        decoder.Emit(op, slots.To, wide);
    }

    private static void ToInteger(
        KernelDecoder decoder, PtxStatement statement, (ushort To, ushort From) slots, string rounding, (char To, int ToBits, int FromBits) types)
    {
        bool wide = types.FromBits == 64;
        (Opcode round, bool none) = rounding switch
        {
            "rzi" => (Opcode.Move, true),
            "rni" => (wide ? Opcode.RoundEvenF64 : Opcode.RoundEvenF32, false),
            "rmi" => (wide ? Opcode.RoundDownF64 : Opcode.RoundDownF32, false),
            "rpi" => (wide ? Opcode.RoundUpF64 : Opcode.RoundUpF32, false),
            _ => throw Unknown(statement),
        };
        ushort source = slots.From;
        if (!none)
        {
            source = decoder.Registers.Scratch();
            decoder.Emit(round, source, slots.From);
        }

        if (!wide && types is { To: 's', ToBits: 32 })
        {
            decoder.Emit(Opcode.ConvertS32FromF32, slots.To, source);
            return;
        }

        Instruction convert = new()
        {
            Op = wide ? Opcode.ConvertIntegerFromF64 : Opcode.ConvertIntegerFromF32,
            D = slots.To,
            A = source,
            Size = (byte)(types.ToBits / 8),
            Count = (byte)(types.To == 's' ? 1 : 0),
        };
        decoder.Emit(convert, [source], [slots.To]);
    }
}
