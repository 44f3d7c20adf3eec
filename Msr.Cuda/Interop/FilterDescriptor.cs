namespace Msr.Cuda.Interop;

/// <summary>cuDNN's description of dense float32 filters [k, r, s, c].</summary>
internal sealed unsafe class FilterDescriptor : ContextHandle
{
    private readonly CudnnApi _cudnn;

    /// <summary>Describes filters.</summary>
    /// <param name="cudnn">cuDNN.</param>
    /// <param name="k">Filters.</param>
    /// <param name="r">Rows of a filter.</param>
    /// <param name="s">Columns of a filter.</param>
    /// <param name="c">Channels of a filter: those of the input divided by the groups.</param>
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
