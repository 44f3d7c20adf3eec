namespace Msr.Cuda.Emulation.Ptx;

/// <summary>
/// An instruction as the machine runs it. Operands are places in the register file of a warp, constants and special registers among them, so
/// that no instruction asks what kind its operands are.
/// </summary>
internal unsafe struct PtxInstruction
{
    /// <summary>What kind of work it is.</summary>
    public PtxKind Kind;

    /// <summary>The arithmetic, where it is that: destination, three sources, lanes.</summary>
    public delegate*<ulong*, ulong*, ulong*, ulong*, uint, void> Arithmetic;

    /// <summary>The register that is written, or the first of those that a vector access moves.</summary>
    public int Destination;

    /// <summary>The first source; the address of a memory access.</summary>
    public int A;

    /// <summary>The second source.</summary>
    public int B;

    /// <summary>The third source.</summary>
    public int C;

    /// <summary>The predicate that guards it; −1 for none.</summary>
    public int Guard;

    /// <summary>Whether the guard counts when it is false.</summary>
    public bool GuardInverted;

    /// <summary>The instruction that a branch goes to.</summary>
    public int Target;

    /// <summary>What is added to the address of a memory access.</summary>
    public long Offset;

    /// <summary>The bytes of one element that a memory access moves.</summary>
    public int Size;

    /// <summary>The registers that a memory access moves, one for each element.</summary>
    public int[] Elements;

    /// <summary>The line of the text, from 1.</summary>
    public int Line;
}
