using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx.Decoding;

/// <summary>
/// A decoded instruction: 32 bytes. The fields A to F name register slots; see <see cref="Opcode"/> for what each operation makes of them.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Instruction
{
    /// <summary>What to do.</summary>
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

    /// <summary>How many elements.</summary>
    public byte Count;

    /// <summary>The instruction to go to, or the number of a memory access.</summary>
    public int Target;

    /// <summary>The state space of an access.</summary>
    public MemorySpace Space;

    /// <summary>What an atomic does.</summary>
    public AtomicOperation Operation;

    /// <summary>The offset of an access in bytes.</summary>
    public long Immediate;
}

/// <summary>An instruction that may read a register that was never written, as far as the text tells.</summary>
/// <param name="instruction">The instruction.</param>
/// <param name="reads">The slots to look at.</param>
internal sealed class UnsureRead(Instruction instruction, ushort[] reads)
{
    private Instruction _instruction = instruction;

    /// <summary>The instruction.</summary>
    public ref Instruction Instruction => ref _instruction;

    /// <summary>The slots to look at.</summary>
    public ushort[] Reads { get; } = reads;
}

/// <summary>The decoded body of a kernel.</summary>
/// <param name="Instructions">The instructions.</param>
/// <param name="Statements">Per instruction, the statement of the text that it comes from.</param>
/// <param name="Unsure">The instructions whose sources are looked at before they run.</param>
/// <param name="Accesses">How many memory accesses there are.</param>
internal sealed record PtxCode(Instruction[] Instructions, int[] Statements, UnsureRead[] Unsure, int Accesses);

/// <summary>What an atomic does to the value in memory.</summary>
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
