using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Cuda.Convolutions;

/// <summary>One way to compute convolutions. What an algorithm needs is chosen and cached when a geometry is prepared; running allocates nothing.</summary>
internal interface IConvolutions : IDisposable
{
    /// <summary>What computes, for people.</summary>
    string Description { get; }

    /// <summary>Chooses how to compute.</summary>
    /// <param name="pass">Which of the three convolutions.</param>
    /// <param name="geometry">The geometry.</param>
    /// <param name="samples">The number of samples.</param>
    /// <returns>The bytes of workspace that running will need.</returns>
    long Prepare(ConvolutionPass pass, ConvGeometry geometry, int samples);

    /// <summary>The name of the algorithm that is chosen, for reports.</summary>
    /// <param name="pass">Which of the three convolutions.</param>
    /// <param name="geometry">The geometry.</param>
    /// <param name="samples">The number of samples.</param>
    string AlgorithmOf(ConvolutionPass pass, ConvGeometry geometry, int samples);

    /// <summary>Runs a forward convolution that was prepared.</summary>
    /// <param name="op">The op.</param>
    /// <param name="workspace">The address of the workspace.</param>
    void Run(ConvForward<float> op, ulong workspace);

    /// <summary>Runs a gradient of the input that was prepared.</summary>
    /// <param name="op">The op.</param>
    /// <param name="workspace">The address of the workspace.</param>
    void Run(ConvBackwardData<float> op, ulong workspace);

    /// <summary>Runs a gradient of the filters that was prepared.</summary>
    /// <param name="op">The op.</param>
    /// <param name="workspace">The address of the workspace.</param>
    void Run(ConvBackwardFilter<float> op, ulong workspace);
}
