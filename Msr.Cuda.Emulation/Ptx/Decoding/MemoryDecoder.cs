using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>Decodes loads, stores and conversions of addresses.</summary>
internal static class MemoryDecoder
{
    /// <summary>Decodes a load or a store.</summary>
    /// <param name="decoder">Where to put the instructions.</param>
    /// <param name="statement">The statement.</param>
    public static void Decode(KernelDecoder decoder, PtxStatement statement)
    {
        string[] parts = statement.Opcode.Split('.');
        bool load = parts[0] == "ld";
        int next = 1;
        MemorySpace space = SpaceOf(parts[next]);
        next += space == MemorySpace.Generic ? 0 : 1;
        bool readOnly = next < parts.Length && parts[next] == "nc" && load && space == MemorySpace.Global;
        next += readOnly ? 1 : 0;
        int count = next < parts.Length ? parts[next] switch { "v2" => 2, "v4" => 4, _ => 1 } : 1;
        next += count > 1 ? 1 : 0;
        int size = next == parts.Length - 1 ? SizeOf(parts[next]) : 0;
        if (size == 0 || size * count > 16 || (space is MemorySpace.Param or MemorySpace.Const && !load))
        {
            throw statement.Fault($"the opcode '{statement.Opcode}' is not supported");
        }

        KernelDecoder.RequireOperands(statement, 2);
        Instruction access = Address(decoder, statement, statement.Operands[load ? 1 : 0], space);
        (access.Size, access.Count) = ((byte)size, (byte)count);
        PtxOperand[] values = Values(statement, statement.Operands[load ? 0 : 1], count);
        Span<ushort> slots = stackalloc ushort[4];
        slots.Clear();
        for (int i = 0; i < count; i++)
        {
            slots[i] = load
                ? decoder.Destination(statement, values[i], Math.Max(size * 8, 16), orWider: true)
                : decoder.Source(statement, values[i], Math.Max(size * 8, 16), orWider: true);
        }

        (access.D, access.B, access.C, access.E) = (slots[0], slots[1], slots[2], slots[3]);
        access.Op = OpcodeOf(load, space, size, count);
        ushort[] list = slots[..count].ToArray();
        decoder.Emit(access, load ? [access.A] : [access.A, .. list], load ? list : []);
        if (load && parts[next][0] == 's')
        {
            Extend(decoder, values, list, size);
        }
    }

    /// <summary>Decodes cvta and cvta.to: the generic form of an address, or back.</summary>
    /// <param name="decoder">Where to put the instructions.</param>
    /// <param name="statement">The statement.</param>
    public static void DecodeAddress(KernelDecoder decoder, PtxStatement statement)
    {
        KernelDecoder.RequireOperands(statement, 2);
        (Opcode op, ulong window) = statement.Opcode switch
        {
            "cvta.global.u64" or "cvta.to.global.u64" => (Opcode.Move, 0UL),
            "cvta.shared.u64" => (Opcode.Add64, AddressWindows.Shared),
            "cvta.to.shared.u64" => (Opcode.Subtract64, AddressWindows.Shared),
            "cvta.local.u64" => (Opcode.Add64, AddressWindows.Local),
            "cvta.to.local.u64" => (Opcode.Subtract64, AddressWindows.Local),
            "cvta.const.u64" => (Opcode.Add64, AddressWindows.Constants),
            "cvta.to.const.u64" => (Opcode.Subtract64, AddressWindows.Constants),
            _ => throw statement.Fault($"the opcode '{statement.Opcode}' is not supported"),
        };
        ushort source = decoder.Source(statement, statement.Operands[1], 64);
        ushort result = decoder.Destination(statement, statement.Operands[0], 64);
        if (op == Opcode.Move)
        {
            decoder.Emit(op, result, source);
        }
        else
        {
            decoder.Emit(op, result, source, decoder.Registers.Constant(window));
        }
    }

    /// <summary>Decodes the address of an access: its base, its offset, its space and its number.</summary>
    /// <param name="decoder">The decoder of the kernel.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="operand">The address.</param>
    /// <param name="space">The space that the opcode names.</param>
    public static Instruction Address(KernelDecoder decoder, PtxStatement statement, PtxOperand operand, MemorySpace space)
    {
        if (operand.Kind != PtxOperand.Form.Address)
        {
            throw statement.Fault("expected an address in brackets");
        }

        Instruction access = new() { Space = space, Target = decoder.NextAccess() };
        if (decoder.Registers.TryFind(operand.Text, out int width, out ushort slot) && (width == 64 || (width == 32 && space == MemorySpace.Shared)))
        {
            (access.A, access.Immediate) = (slot, operand.Offset);
            return access;
        }

        if (!decoder.Layout.TryFind(operand.Text, out MemorySpace placed, out ulong address) || placed != space)
        {
            throw statement.Fault($"'{operand.Text}' is not an address in the {space} space");
        }

        (access.A, access.Immediate) = (decoder.Registers.Constant(0), (long)address + operand.Offset);
        return access;
    }

    /// <summary>The space that a part of an opcode names, or generic.</summary>
    /// <param name="part">The part.</param>
    public static MemorySpace SpaceOf(string part) => part switch
    {
        "global" => MemorySpace.Global,
        "shared" => MemorySpace.Shared,
        "local" => MemorySpace.Local,
        "param" => MemorySpace.Param,
        "const" => MemorySpace.Const,
        _ => MemorySpace.Generic,
    };

    private static int SizeOf(string type) => type switch
    {
        "b8" or "u8" or "s8" => 1,
        "b16" or "u16" or "s16" => 2,
        "b32" or "u32" or "s32" or "f32" => 4,
        "b64" or "u64" or "s64" or "f64" => 8,
        _ => 0,
    };

    private static Opcode OpcodeOf(bool load, MemorySpace space, int size, int count) => (load, space, size, count) switch
    {
        (true, MemorySpace.Param, _, 1) => Opcode.LoadParameter,
        (true, MemorySpace.Global, 4, 1) => Opcode.LoadGlobal32,
        (true, MemorySpace.Global, 8, 1) => Opcode.LoadGlobal64,
        (true, MemorySpace.Shared, 4, 1) => Opcode.LoadShared32,
        (false, MemorySpace.Global, 4, 1) => Opcode.StoreGlobal32,
        (false, MemorySpace.Global, 8, 1) => Opcode.StoreGlobal64,
        (false, MemorySpace.Shared, 4, 1) => Opcode.StoreShared32,
        (true, _, _, _) => Opcode.Load,
        _ => Opcode.Store,
    };

    private static PtxOperand[] Values(PtxStatement statement, PtxOperand operand, int count)
    {
        if (count == 1)
        {
            return [operand];
        }

        return operand.Kind == PtxOperand.Form.Vector && operand.Items.Length == count
            ? operand.Items
            : throw statement.Fault($"expected a vector of {count}");
    }

    private static void Extend(KernelDecoder decoder, PtxOperand[] values, ushort[] slots, int size)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            int width = decoder.WidthOf(values[i], size * 8);
            if (size * 8 < width)
            {
                decoder.Emit(size switch { 1 => Opcode.SignExtend8, 2 => Opcode.SignExtend16, _ => Opcode.SignExtend32 }, slots[i], slots[i]);
                ConvertDecoder.Cut(decoder, slots[i], width);
            }
        }
    }
}

/// <summary>Decodes atom and red on global, shared and generic memory.</summary>
internal static class AtomicDecoder
{
    /// <summary>Decodes a statement of this family.</summary>
    /// <param name="decoder">Where to put the instructions.</param>
    /// <param name="statement">The statement.</param>
    public static void Decode(KernelDecoder decoder, PtxStatement statement)
    {
        string[] parts = statement.Opcode.Split('.');
        MemorySpace space = MemoryDecoder.SpaceOf(parts[1]);
        int next = space == MemorySpace.Generic ? 1 : 2;
        bool returns = parts[0] == "atom";
        if (parts.Length != next + 2 || space is not (MemorySpace.Generic or MemorySpace.Global or MemorySpace.Shared)
            || OperationOf(parts[next], parts[next + 1]) is not { } operation)
        {
            throw statement.Fault($"the opcode '{statement.Opcode}' is not supported");
        }

        int sources = operation == AtomicOperation.CompareExchange ? 2 : 1;
        KernelDecoder.RequireOperands(statement, sources + (returns ? 2 : 1));
        int width = parts[next + 1].EndsWith("64", StringComparison.Ordinal) ? 64 : 32;
        int first = returns ? 1 : 0;
        Instruction access = MemoryDecoder.Address(decoder, statement, statement.Operands[first], space);
        access.Op = Opcode.Atomic;
        access.Operation = operation;
        access.Size = (byte)(width / 8);
        access.Count = 1;
        access.B = decoder.Source(statement, statement.Operands[first + 1], width);
        access.C = sources == 2 ? decoder.Source(statement, statement.Operands[first + 2], width) : access.B;
        access.D = returns ? decoder.Destination(statement, statement.Operands[0], width) : decoder.Registers.Scratch();
        decoder.Emit(access, [access.A, access.B, access.C], [access.D]);
    }

    private static AtomicOperation? OperationOf(string name, string type) => (name, type) switch
    {
        ("add", "u32" or "s32" or "u64") => AtomicOperation.Add,
        ("add", "f32") => AtomicOperation.AddF32,
        ("add", "f64") => AtomicOperation.AddF64,
        ("exch", "b32" or "b64") => AtomicOperation.Exchange,
        ("cas", "b32" or "b64") => AtomicOperation.CompareExchange,
        ("min", "u32" or "u64") => AtomicOperation.MinUnsigned,
        ("max", "u32" or "u64") => AtomicOperation.MaxUnsigned,
        ("min", "s32" or "s64") => AtomicOperation.MinSigned,
        ("max", "s32" or "s64") => AtomicOperation.MaxSigned,
        ("and", "b32" or "b64") => AtomicOperation.And,
        ("or", "b32" or "b64") => AtomicOperation.Or,
        ("xor", "b32" or "b64") => AtomicOperation.Xor,
        _ => null,
    };
}
