using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>The arithmetic of atomics.</summary>
internal static class AtomicArithmetic
{
    /// <summary>The value that an atomic leaves in memory.</summary>
    /// <param name="access">The atomic.</param>
    /// <param name="space">The space that it works on.</param>
    /// <param name="old">The value in memory.</param>
    /// <param name="b">The first operand.</param>
    /// <param name="c">The second operand.</param>
    public static ulong Apply(in Instruction access, MemorySpace space, ulong old, ulong b, ulong c)
    {
        bool wide = access.Size == 8;
        (long signedOld, long signedB) = wide ? ((long)old, (long)b) : ((int)old, (int)b);
        return access.Operation switch
        {
            AtomicOperation.Add => wide ? old + b : (uint)(old + b),
            AtomicOperation.AddF32 => AddF32(old, b, flush: space == MemorySpace.Global),
            AtomicOperation.AddF64 => FloatBits.Bits(FloatBits.Double(old) + FloatBits.Double(b)),
            AtomicOperation.Exchange => b,
            AtomicOperation.CompareExchange => old == b ? c : old,
            AtomicOperation.MinUnsigned => Math.Min(old, b),
            AtomicOperation.MaxUnsigned => Math.Max(old, b),
            AtomicOperation.MinSigned => signedOld <= signedB ? old : b,
            AtomicOperation.MaxSigned => signedOld >= signedB ? old : b,
            AtomicOperation.And => old & b,
            AtomicOperation.Or => old | b,
            _ => old ^ b,
        };
    }

    // Devices flush subnormals, of operands and of the sum, in global memory but not in shared memory.
    private static ulong AddF32(ulong old, ulong b, bool flush)
    {
        float sum = Flush(FloatBits.Single(old), flush) + Flush(FloatBits.Single(b), flush);
        return FloatBits.Bits(Flush(sum, flush));
    }

    private static float Flush(float value, bool flush) => flush && float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;
}
