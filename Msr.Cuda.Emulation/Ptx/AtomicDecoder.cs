namespace Msr.Cuda.Emulation.Ptx;

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
            throw statement.Fault($"the opcode '{statement.Opcode}' is not known here");
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
