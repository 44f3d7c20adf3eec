using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>
/// A decoded instruction: 32 bytes. The fields A to F name register slots; see <see cref="Opcode"/> for what each operation makes of them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Instruction
{
    /// <summary>The operation.</summary>
    public Opcode Op;

    /// <summary>The slot of the result.</summary>
    public ushort D;

    /// <summary>The slot of the first source.</summary>
    public ushort A;

    /// <summary>The slot of the second source.</summary>
    public ushort B;

    /// <summary>The slot of the third source.</summary>
    public ushort C;

    /// <summary>A further slot.</summary>
    public ushort E;

    /// <summary>A further slot.</summary>
    public ushort F;

    /// <summary>The size of an element in bytes.</summary>
    public byte Size;

    /// <summary>The number of elements.</summary>
    public byte Count;

    /// <summary>The instruction to go to, or the number of a memory access.</summary>
    public int Target;

    /// <summary>The state space of an access.</summary>
    public MemorySpace Space;

    /// <summary>The operation of an atomic.</summary>
    public AtomicOperation Operation;

    /// <summary>The offset of an access in bytes.</summary>
    public long Immediate;
}

/// <summary>An instruction that may read a register that was never written.</summary>
/// <param name="instruction">The instruction.</param>
/// <param name="reads">The slots to check.</param>
internal sealed class UninitializedRead(Instruction instruction, ushort[] reads)
{
    private Instruction _instruction = instruction;

    /// <summary>The instruction.</summary>
    public ref Instruction Instruction => ref _instruction;

    /// <summary>The slots to check.</summary>
    public ushort[] Reads { get; } = reads;
}

/// <summary>The decoded body of a kernel.</summary>
/// <param name="Instructions">The instructions.</param>
/// <param name="Statements">Per instruction, the statement of the text that it comes from.</param>
/// <param name="Uninitialized">The instructions whose sources are checked before they run.</param>
/// <param name="Accesses">The number of memory accesses.</param>
internal sealed record PtxCode(Instruction[] Instructions, int[] Statements, UninitializedRead[] Uninitialized, int Accesses);

/// <summary>The value that an atomic leaves in memory.</summary>
internal enum AtomicOperation : ushort
{
    /// <summary>old + B, an integer.</summary>
    Add,

    /// <summary>old + B, float32.</summary>
    AddF32,

    /// <summary>old + B, float64.</summary>
    AddF64,

    /// <summary>B.</summary>
    Exchange,

    /// <summary>C where old equals B, else old.</summary>
    CompareExchange,

    /// <summary>min(old, B), unsigned.</summary>
    MinUnsigned,

    /// <summary>max(old, B), unsigned.</summary>
    MaxUnsigned,

    /// <summary>min(old, B), signed.</summary>
    MinSigned,

    /// <summary>max(old, B), signed.</summary>
    MaxSigned,

    /// <summary>old and B.</summary>
    And,

    /// <summary>old or B.</summary>
    Or,

    /// <summary>old xor B.</summary>
    Xor,
}
