using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Ptx.Syntax;

/// <summary>An instruction as it is written.</summary>
/// <param name="Line">Its line in the module, from 1.</param>
/// <param name="Text">The whole statement, whitespace collapsed, for messages.</param>
/// <param name="Guard">The predicate that guards it, or empty.</param>
/// <param name="GuardNegated">Whether it runs where the predicate is false.</param>
/// <param name="Opcode">The opcode with all its parts, such as ld.global.v4.f32.</param>
/// <param name="Operands">Its operands.</param>
internal sealed record PtxStatement(int Line, string Text, string Guard, bool GuardNegated, string Opcode, PtxOperand[] Operands)
{
    /// <summary>The error that this statement is at fault.</summary>
    /// <param name="what">The fault and its remedy.</param>
    public EmulationException Fault(string what) => new($"PTX line {Line}: {what}: '{Text}'.");
}

/// <summary>An operand as it is written.</summary>
/// <param name="Kind">The kind of operand.</param>
/// <param name="Text">The name or number, or the base of an address.</param>
/// <param name="Offset">The number added to the base of an address.</param>
/// <param name="Negated">Whether an exclamation mark stands before it.</param>
/// <param name="Items">The parts of a vector or of a pair of predicates.</param>
internal sealed record PtxOperand(PtxOperand.Form Kind, string Text, long Offset, bool Negated, PtxOperand[] Items)
{
    /// <summary>The ways to write an operand.</summary>
    internal enum Form
    {
        /// <summary>A register, a symbol or a number.</summary>
        Plain,

        /// <summary>[base + offset].</summary>
        Address,

        /// <summary>{a, b, ...}.</summary>
        Vector,

        /// <summary>p|q.</summary>
        Pair,
    }
}
