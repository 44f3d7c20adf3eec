using Msr.Core.Ops;

namespace Msr.Cuda.Products;

/// <summary>One way to compute convolutions. An algorithm is chosen and cached when an op is prepared; running it allocates nothing.</summary>
internal interface IConvolutions : IDisposable
{
    /// <summary>The library that computes, for people.</summary>
    string Description { get; }

    /// <summary>Chooses how to compute a convolution.</summary>
    /// <param name="op">The op. Only its direction, geometry and number of samples matter.</param>
    /// <returns>The bytes of workspace that running it needs.</returns>
    long Prepare(ConvolutionOp<float> op);

    /// <summary>The name of the algorithm that is chosen, for reports.</summary>
    /// <param name="op">The op.</param>
    string AlgorithmOf(ConvolutionOp<float> op);

    /// <summary>Queues a convolution that was prepared.</summary>
    /// <param name="op">The op.</param>
    /// <param name="workspace">The address of the workspace.</param>
    void Run(ConvolutionOp<float> op, ulong workspace);
}
