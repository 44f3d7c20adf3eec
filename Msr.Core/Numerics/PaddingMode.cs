namespace Msr.Core.Numerics;

/// <summary>What a convolution reads beyond the border of its input.</summary>
public enum PaddingMode
{
    /// <summary>Zeros. Truncates slices at the border: a centred kernel lets a constant leak in there.</summary>
    Zero,

    /// <summary>The nearest element of the input.</summary>
    Replicate,

    /// <summary>The input mirrored about its border element, which is not repeated; padding must be smaller than the extent.</summary>
    Reflect,
}
