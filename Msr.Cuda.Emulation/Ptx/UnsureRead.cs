namespace Msr.Cuda.Emulation.Ptx;

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
