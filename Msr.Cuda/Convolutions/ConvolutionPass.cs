namespace Msr.Cuda.Convolutions;

/// <summary>The three convolutions of a training step.</summary>
internal enum ConvolutionPass
{
    /// <summary>Input and filters give the output.</summary>
    Forward,

    /// <summary>The gradient of the output and filters give that of the input.</summary>
    BackwardData,

    /// <summary>Input and the gradient of the output give that of the filters.</summary>
    BackwardFilter,
}
