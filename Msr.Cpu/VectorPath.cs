namespace Msr.Cpu;

/// <summary>How wide the vectors of a <see cref="CpuBackend{T}"/> are. Results depend on it only in their last bits, and only where sums are split over lanes.</summary>
public enum VectorPath
{
    /// <summary>One element at a time.</summary>
    Scalar,

    /// <summary>128 bits: SSE, NEON.</summary>
    Vector128,

    /// <summary>256 bits: AVX2.</summary>
    Vector256,

    /// <summary>512 bits: AVX-512.</summary>
    Vector512,
}
