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

/// <summary>cuDNN's description of dense float32 filters [k, r, s, c].</summary>
internal sealed unsafe class FilterDescriptor : ContextHandle
{
    private readonly CudnnApi _cudnn;

    /// <summary>Describes filters.</summary>
    /// <param name="cudnn">cuDNN.</param>
    /// <param name="k">Filters.</param>
    /// <param name="r">Rows of a filter.</param>
    /// <param name="s">Columns of a filter.</param>
    /// <param name="c">Channels of a filter: the input channels divided by the groups.</param>
    /// <exception cref="CudaException">cuDNN refuses.</exception>
    public FilterDescriptor(CudnnHandle cudnn, int k, int r, int s, int c)
        : base(CudnnHandle.Checked(cudnn).Context)
    {
        _cudnn = cudnn.Cudnn;
        nint made;
        _cudnn.Check(_cudnn.cudnnCreateFilterDescriptor(&made));
        Own(made);
        try
        {
            _cudnn.Check(_cudnn.cudnnSetFilter4dDescriptor(made, TensorDescriptor.Float, TensorDescriptor.Nhwc, k, c, r, s));
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
    protected override bool Release(nint owned) => _cudnn.cudnnDestroyFilterDescriptor(owned) == 0;
}

/// <summary>cuDNN's description of a convolution: a cross-correlation with sums in float32, padded alike on opposite sides.</summary>
internal sealed unsafe class ConvolutionDescriptor : ContextHandle
{
    /// <summary>float32 products, or TF32 where the device has it: CUDNN_DEFAULT_MATH.</summary>
    internal const int DefaultMath = 0;

    /// <summary>float32 products and nothing else: CUDNN_FMA_MATH.</summary>
    internal const int FmaMath = 3;

    private const int CrossCorrelation = 1;

    private readonly CudnnApi _cudnn;

    /// <summary>Describes a convolution.</summary>
    /// <param name="cudnn">cuDNN.</param>
    /// <param name="padding">Zeros above and below, and left and right.</param>
    /// <param name="stride">The steps of the window.</param>
    /// <param name="dilation">The steps within the window.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="tf32">Whether products may round their inputs to TF32.</param>
    /// <exception cref="CudaException">cuDNN refuses.</exception>
    public ConvolutionDescriptor(
        CudnnHandle cudnn, (int H, int W) padding, (int H, int W) stride, (int H, int W) dilation, int groups, bool tf32)
        : base(CudnnHandle.Checked(cudnn).Context)
    {
        _cudnn = cudnn.Cudnn;
        nint made;
        _cudnn.Check(_cudnn.cudnnCreateConvolutionDescriptor(&made));
        Own(made);
        try
        {
            _cudnn.Check(_cudnn.cudnnSetConvolution2dDescriptor(
                made, padding.H, padding.W, stride.H, stride.W, dilation.H, dilation.W, CrossCorrelation, TensorDescriptor.Float));
            _cudnn.Check(_cudnn.cudnnSetConvolutionGroupCount(made, groups));
            _cudnn.Check(_cudnn.cudnnSetConvolutionMathType(made, tf32 ? DefaultMath : FmaMath));
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
    protected override bool Release(nint owned) => _cudnn.cudnnDestroyConvolutionDescriptor(owned) == 0;
}
