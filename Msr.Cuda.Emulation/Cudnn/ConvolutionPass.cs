namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>Which of a convolution's three products.</summary>
internal enum ConvolutionPass
{
    /// <summary>The output.</summary>
    Forward,

    /// <summary>The gradient of the input.</summary>
    BackwardData,

    /// <summary>The gradient of the filters.</summary>
    BackwardFilter,
}
