namespace Msr.Cuda.Interop;

/// <summary>cuDNN's description of a dense float32 tensor [n, h, w, c].</summary>
internal sealed unsafe class TensorDescriptor : ContextHandle
{
    /// <summary>cuDNN's CUDNN_TENSOR_NHWC.</summary>
    internal const int Nhwc = 1;

    /// <summary>cuDNN's CUDNN_DATA_FLOAT.</summary>
    internal const int Float = 0;

    private readonly CudnnApi _cudnn;

    /// <summary>Describes a tensor.</summary>
    /// <param name="cudnn">cuDNN.</param>
    /// <param name="n">Samples.</param>
    /// <param name="h">Rows.</param>
    /// <param name="w">Columns.</param>
    /// <param name="c">Channels, next to each other.</param>
    /// <exception cref="CudaException">cuDNN refuses.</exception>
    public TensorDescriptor(CudnnHandle cudnn, int n, int h, int w, int c)
        : base(CudnnHandle.Checked(cudnn).Context)
    {
        _cudnn = cudnn.Cudnn;
        nint made;
        _cudnn.Check(_cudnn.cudnnCreateTensorDescriptor(&made));
        Own(made);
        try
        {
            _cudnn.Check(_cudnn.cudnnSetTensor4dDescriptor(made, Nhwc, Float, n, c, h, w));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>cuDNN's handle.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public nint Handle => Live;

    /// <inheritdoc/>
    protected override bool Release(nint owned) => _cudnn.cudnnDestroyTensorDescriptor(owned) == 0;
}
