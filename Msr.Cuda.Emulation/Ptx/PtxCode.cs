namespace Msr.Cuda.Emulation.Ptx;

/// <summary>The decoded body of a kernel.</summary>
/// <param name="Instructions">The instructions.</param>
/// <param name="Statements">Per instruction, the statement of the text that it comes from.</param>
/// <param name="Unsure">The instructions whose sources are looked at before they run.</param>
/// <param name="Accesses">How many memory accesses there are.</param>
internal sealed record PtxCode(Instruction[] Instructions, int[] Statements, UnsureRead[] Unsure, int Accesses);
