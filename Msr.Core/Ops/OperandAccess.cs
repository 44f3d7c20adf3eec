namespace Msr.Core.Ops;

/// <summary>How an op uses an operand. Liveness, guards and poison follow from it.</summary>
public enum OperandAccess
{
    /// <summary>Reads it and leaves it as it was.</summary>
    Read,

    /// <summary>Writes every element and reads none: what was there before does not matter.</summary>
    Write,

    /// <summary>Reads what was there and writes every element: adds to it, or updates it in place.</summary>
    Accumulate,
}
