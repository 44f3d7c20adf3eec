namespace Msr.Cuda.Emulation.Ptx;

/// <summary>How an opcode of the text is decoded when its operands are all registers or constants.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Shape">The width of the result and of each source: p 1, h 16, w 32, l 64 bits.</param>
/// <param name="Extend">The operation that each source of 16 bits goes through first, or null.</param>
/// <param name="Cut">The operation that the result goes through at last, or null.</param>
internal sealed record OpcodeForm(Opcode Op, string Shape, Opcode? Extend = null, Opcode? Cut = null);
