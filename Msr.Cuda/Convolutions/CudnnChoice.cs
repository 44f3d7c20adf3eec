using Msr.Core.Numerics;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Convolutions;

/// <summary>How cuDNN computes one pass of one geometry: its descriptors and the algorithm.</summary>
internal sealed class CudnnChoice : IDisposable
{
    private readonly Stack<IDisposable> _owned = [];

    private CudnnChoice(CudnnHandle cudnn, ConvGeometry g, int samples, bool tf32)
    {
        try
        {
            Input = Own(new TensorDescriptor(cudnn, samples, g.H, g.W, g.C));
            Filters = Own(new FilterDescriptor(cudnn, g.K, g.R, g.S, g.GroupC));
            Output = Own(new TensorDescriptor(cudnn, samples, g.P, g.Q, g.K));
            Convolution = Own(new ConvolutionDescriptor(
                cudnn, (g.Padding.Top, g.Padding.Left), (g.StrideH, g.StrideW), (g.DilationH, g.DilationW), g.Groups, tf32));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The input, or its gradient.</summary>
    public TensorDescriptor Input { get; }

    /// <summary>The filters, or their gradient.</summary>
    public FilterDescriptor Filters { get; }

    /// <summary>The output, or its gradient.</summary>
    public TensorDescriptor Output { get; }

    /// <summary>The convolution.</summary>
    public ConvolutionDescriptor Convolution { get; }

    /// <summary>The algorithm.</summary>
    public ConvolutionAlgorithm Algorithm { get; private set; }

    /// <summary>Asks cuDNN.</summary>
    /// <param name="cudnn">cuDNN.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="geometry">The geometry.</param>
    /// <param name="samples">The number of samples.</param>
    /// <param name="workspaceLimit">The most workspace in bytes.</param>
    /// <param name="tf32">Whether products may round their inputs to TF32.</param>
    /// <returns>Null where no algorithm is deterministic, sums products and fits.</returns>
    public static CudnnChoice? Of(CudnnHandle cudnn, ConvolutionPass pass, ConvGeometry geometry, int samples, long workspaceLimit, bool tf32)
    {
        CudnnChoice choice = new(cudnn, geometry, samples, tf32);
        try
        {
            if (choice.Find(cudnn, pass, workspaceLimit) is { } algorithm)
            {
                choice.Algorithm = algorithm;
                return choice;
            }
        }
        catch
        {
            choice.Dispose();
            throw;
        }

        choice.Dispose();
        return null;
    }

    /// <summary>Gives the descriptors back.</summary>
    public void Dispose()
    {
        while (_owned.TryPop(out IDisposable? owned))
        {
            owned.Dispose();
        }
    }

    private ConvolutionAlgorithm? Find(CudnnHandle cudnn, ConvolutionPass pass, long workspaceLimit) => pass switch
    {
        ConvolutionPass.Forward => cudnn.ForwardAlgorithm(Input, Filters, Convolution, Output, workspaceLimit, deterministic: true),
        ConvolutionPass.BackwardData => cudnn.BackwardDataAlgorithm(Filters, Output, Convolution, Input, workspaceLimit, deterministic: true),
        _ => cudnn.BackwardFilterAlgorithm(Input, Output, Convolution, Filters, workspaceLimit, deterministic: true),
    };

    private TOwned Own<TOwned>(TOwned owned)
        where TOwned : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
