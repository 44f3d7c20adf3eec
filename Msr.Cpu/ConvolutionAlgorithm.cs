namespace Msr.Cpu;

/// <summary>How convolutions are computed.</summary>
public enum ConvolutionAlgorithm
{
    /// <summary>
    /// By Winograd's F(4×4, 3×3) where it is faster, which geometry and element type alone decide: 3×3 taps at stride 1 in float32, channels in
    /// multiples of 16. Everything else by definition.
    /// </summary>
    Fastest = 0,

    /// <summary>Sums of products, as the definition has them.</summary>
    Direct = 1,
}
