namespace Msr.Cpu.Convolution;

/// <summary>How a convolution, forward or by its input, is computed. Its geometry decides: no batch, no number of threads, no processor.</summary>
internal enum ConvolutionMethod
{
    /// <summary>Every output gathers along its taps.</summary>
    Taps,

    /// <summary>By Winograd's transforms.</summary>
    Winograd,

    /// <summary>Every source pixel is multiplied with all taps, and the products are added up where they belong.</summary>
    Products,
}
