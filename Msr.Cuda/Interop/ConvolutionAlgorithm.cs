namespace Msr.Cuda.Interop;

/// <summary>How cuDNN is to compute one convolution.</summary>
/// <param name="Algorithm">cuDNN's number of the algorithm, of its own numbering for each of the three convolutions.</param>
/// <param name="WorkspaceBytes">The workspace it needs.</param>
/// <param name="IsDeterministic">Whether the same input gives the same bits.</param>
internal readonly record struct ConvolutionAlgorithm(int Algorithm, long WorkspaceBytes, bool IsDeterministic);
