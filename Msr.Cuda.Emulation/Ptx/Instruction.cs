using System.Runtime.InteropServices;

namespace Msr.Cuda.Emulation.Ptx;

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
