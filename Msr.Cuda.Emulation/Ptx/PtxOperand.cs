namespace Msr.Cuda.Emulation.Ptx;

/// <summary>An operand as it is written.</summary>
/// <param name="Kind">What it is.</param>
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
