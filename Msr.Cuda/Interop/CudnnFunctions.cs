namespace Msr.Cuda.Interop;

/// <summary>
/// The functions of cuDNN 8 and 9 that convolutions need, as cudnn.h declares them, each once, for the bindings and for an emulation: see
/// <see cref="DriverFunctions"/>.
/// </summary>
internal static unsafe class CudnnFunctions
{
    /// <summary>Makes a handle in the current context.</summary>
    public delegate int cudnnCreate(nint* handle);

    /// <summary>Destroys a handle.</summary>
    public delegate int cudnnDestroy(nint handle);

    /// <summary>Sets the stream that convolutions are queued on.</summary>
    public delegate int cudnnSetStream(nint handle, nint stream);

    /// <summary>The release: 1000 × major + 100 × minor + patch in 8, 10000 × major + 100 × minor + patch since 9.</summary>
    public delegate nuint cudnnGetVersion();

    /// <summary>The name of a status.</summary>
    public delegate byte* cudnnGetErrorString(int status);

    /// <summary>Makes a descriptor of a tensor.</summary>
    public delegate int cudnnCreateTensorDescriptor(nint* descriptor);

    /// <summary>Sets a descriptor of a dense tensor: format before type.</summary>
    public delegate int cudnnSetTensor4dDescriptor(nint descriptor, int format, int type, int n, int c, int h, int w);

    /// <summary>Sets a descriptor of a tensor with strides.</summary>
    public delegate int cudnnSetTensor4dDescriptorEx(
        nint descriptor, int type, int n, int c, int h, int w, int strideN, int strideC, int strideH, int strideW);

    /// <summary>Destroys a descriptor of a tensor.</summary>
    public delegate int cudnnDestroyTensorDescriptor(nint descriptor);

    /// <summary>Makes a descriptor of filters.</summary>
    public delegate int cudnnCreateFilterDescriptor(nint* descriptor);

    /// <summary>Sets a descriptor of filters: type before format, the other way round than for tensors.</summary>
    public delegate int cudnnSetFilter4dDescriptor(nint descriptor, int type, int format, int k, int c, int h, int w);

    /// <summary>Destroys a descriptor of filters.</summary>
    public delegate int cudnnDestroyFilterDescriptor(nint descriptor);

    /// <summary>Makes a descriptor of a convolution.</summary>
    public delegate int cudnnCreateConvolutionDescriptor(nint* descriptor);

    /// <summary>Sets a descriptor of a convolution: mode 1 is cross-correlation, the type is that of the sums.</summary>
    public delegate int cudnnSetConvolution2dDescriptor(
        nint descriptor, int padH, int padW, int strideH, int strideW, int dilationH, int dilationW, int mode, int type);

    /// <summary>Sets a convolution's number of groups.</summary>
    public delegate int cudnnSetConvolutionGroupCount(nint descriptor, int groups);

    /// <summary>Sets a convolution's arithmetic.</summary>
    public delegate int cudnnSetConvolutionMathType(nint descriptor, int type);

    /// <summary>Destroys a descriptor of a convolution.</summary>
    public delegate int cudnnDestroyConvolutionDescriptor(nint descriptor);

    /// <summary>Lists the algorithms for y, best first.</summary>
    public delegate int cudnnGetConvolutionForwardAlgorithm_v7(
        nint handle, nint x, nint w, nint convolution, nint y, int room, int* found, CudnnPerformance* results);

    /// <summary>Lists the algorithms for dx, best first.</summary>
    public delegate int cudnnGetConvolutionBackwardDataAlgorithm_v7(
        nint handle, nint w, nint dy, nint convolution, nint dx, int room, int* found, CudnnPerformance* results);

    /// <summary>Lists the algorithms for dw, best first.</summary>
    public delegate int cudnnGetConvolutionBackwardFilterAlgorithm_v7(
        nint handle, nint x, nint dy, nint convolution, nint dw, int room, int* found, CudnnPerformance* results);

    /// <summary>The workspace of an algorithm for y.</summary>
    public delegate int cudnnGetConvolutionForwardWorkspaceSize(
        nint handle, nint x, nint w, nint convolution, nint y, int algorithm, nuint* bytes);

    /// <summary>The workspace of an algorithm for dx.</summary>
    public delegate int cudnnGetConvolutionBackwardDataWorkspaceSize(
        nint handle, nint w, nint dy, nint convolution, nint dx, int algorithm, nuint* bytes);

    /// <summary>The workspace of an algorithm for dw.</summary>
    public delegate int cudnnGetConvolutionBackwardFilterWorkspaceSize(
        nint handle, nint x, nint dy, nint convolution, nint dw, int algorithm, nuint* bytes);

    /// <summary>Queues y = alpha·(x ⋆ w) + beta·y.</summary>
    public delegate int cudnnConvolutionForward(
        nint handle,
        float* alpha,
        nint xDescriptor,
        ulong x,
        nint wDescriptor,
        ulong w,
        nint convolution,
        int algorithm,
        ulong workspace,
        nuint workspaceBytes,
        float* beta,
        nint yDescriptor,
        ulong y);

    /// <summary>Queues dx = alpha·(dy convolved with w) + beta·dx.</summary>
    public delegate int cudnnConvolutionBackwardData(
        nint handle,
        float* alpha,
        nint wDescriptor,
        ulong w,
        nint dyDescriptor,
        ulong dy,
        nint convolution,
        int algorithm,
        ulong workspace,
        nuint workspaceBytes,
        float* beta,
        nint dxDescriptor,
        ulong dx);

    /// <summary>Queues dw = alpha·(x ⋆ dy) + beta·dw.</summary>
    public delegate int cudnnConvolutionBackwardFilter(
        nint handle,
        float* alpha,
        nint xDescriptor,
        ulong x,
        nint dyDescriptor,
        ulong dy,
        nint convolution,
        int algorithm,
        ulong workspace,
        nuint workspaceBytes,
        float* beta,
        nint dwDescriptor,
        ulong dw);
}
