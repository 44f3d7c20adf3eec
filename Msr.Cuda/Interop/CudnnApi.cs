using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Msr.Cuda.Interop.CudnnFunctions;

namespace Msr.Cuda.Interop;

/// <summary>
/// The functions of cuDNN that convolutions need, under the names it exports, of releases 8 and 9. Every call goes through
/// <see cref="Check"/>. Statuses are compared with 0 only, for their numbers changed in 9. Device addresses are numbers.
/// </summary>
/// <param name="library">cuDNN or its emulation. It must outlive the table.</param>
/// <exception cref="CudaException">A function is missing; the message names it.</exception>
internal sealed unsafe class CudnnApi(INativeLibrary library)
{
    private const string Release = "cuDNN 8";

    public readonly cudnnCreate cudnnCreate = library.Required<cudnnCreate>(Release);
    public readonly cudnnDestroy cudnnDestroy = library.Required<cudnnDestroy>(Release);
    public readonly cudnnSetStream cudnnSetStream = library.Required<cudnnSetStream>(Release);
    public readonly cudnnGetVersion cudnnGetVersion = library.Required<cudnnGetVersion>(Release);
    public readonly cudnnCreateTensorDescriptor cudnnCreateTensorDescriptor = library.Required<cudnnCreateTensorDescriptor>(Release);
    public readonly cudnnSetTensor4dDescriptor cudnnSetTensor4dDescriptor = library.Required<cudnnSetTensor4dDescriptor>(Release);
    public readonly cudnnDestroyTensorDescriptor cudnnDestroyTensorDescriptor = library.Required<cudnnDestroyTensorDescriptor>(Release);
    public readonly cudnnCreateFilterDescriptor cudnnCreateFilterDescriptor = library.Required<cudnnCreateFilterDescriptor>(Release);
    public readonly cudnnSetFilter4dDescriptor cudnnSetFilter4dDescriptor = library.Required<cudnnSetFilter4dDescriptor>(Release);
    public readonly cudnnDestroyFilterDescriptor cudnnDestroyFilterDescriptor = library.Required<cudnnDestroyFilterDescriptor>(Release);
    public readonly cudnnCreateConvolutionDescriptor cudnnCreateConvolutionDescriptor = library.Required<cudnnCreateConvolutionDescriptor>(Release);
    public readonly cudnnSetConvolution2dDescriptor cudnnSetConvolution2dDescriptor = library.Required<cudnnSetConvolution2dDescriptor>(Release);
    public readonly cudnnSetConvolutionGroupCount cudnnSetConvolutionGroupCount = library.Required<cudnnSetConvolutionGroupCount>(Release);
    public readonly cudnnSetConvolutionMathType cudnnSetConvolutionMathType = library.Required<cudnnSetConvolutionMathType>(Release);
    public readonly cudnnDestroyConvolutionDescriptor cudnnDestroyConvolutionDescriptor =
        library.Required<cudnnDestroyConvolutionDescriptor>(Release);
    public readonly cudnnGetConvolutionForwardAlgorithm_v7 cudnnGetConvolutionForwardAlgorithm_v7 =
        library.Required<cudnnGetConvolutionForwardAlgorithm_v7>(Release);
    public readonly cudnnGetConvolutionBackwardDataAlgorithm_v7 cudnnGetConvolutionBackwardDataAlgorithm_v7 =
        library.Required<cudnnGetConvolutionBackwardDataAlgorithm_v7>(Release);
    public readonly cudnnGetConvolutionBackwardFilterAlgorithm_v7 cudnnGetConvolutionBackwardFilterAlgorithm_v7 =
        library.Required<cudnnGetConvolutionBackwardFilterAlgorithm_v7>(Release);
    public readonly cudnnGetConvolutionForwardWorkspaceSize cudnnGetConvolutionForwardWorkspaceSize =
        library.Required<cudnnGetConvolutionForwardWorkspaceSize>(Release);
    public readonly cudnnGetConvolutionBackwardDataWorkspaceSize cudnnGetConvolutionBackwardDataWorkspaceSize =
        library.Required<cudnnGetConvolutionBackwardDataWorkspaceSize>(Release);
    public readonly cudnnGetConvolutionBackwardFilterWorkspaceSize cudnnGetConvolutionBackwardFilterWorkspaceSize =
        library.Required<cudnnGetConvolutionBackwardFilterWorkspaceSize>(Release);
    public readonly cudnnConvolutionForward cudnnConvolutionForward = library.Required<cudnnConvolutionForward>(Release);
    public readonly cudnnConvolutionBackwardData cudnnConvolutionBackwardData = library.Required<cudnnConvolutionBackwardData>(Release);
    public readonly cudnnConvolutionBackwardFilter cudnnConvolutionBackwardFilter = library.Required<cudnnConvolutionBackwardFilter>(Release);

    private readonly cudnnGetErrorString _errorString = library.Required<cudnnGetErrorString>(Release);

    /// <summary>The library. It is held so that an emulation's functions outlive their callers.</summary>
    public INativeLibrary Library { get; } = library;

    /// <summary>Throws unless a call succeeded.</summary>
    /// <param name="status">The call.</param>
    /// <param name="call">Its text, from the compiler.</param>
    /// <exception cref="CudaException">It failed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Check(int status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != 0)
        {
            Throw(status, CallName.Of(call));
        }
    }

    /// <summary>The exception for a failed call: the call, its status and the advice.</summary>
    /// <param name="status">The status, not 0.</param>
    /// <param name="call">The function's name.</param>
    public CudaException Failure(int status, string call)
    {
        string name = NameOf(status);
        return new CudaException($"{call} failed with {name} ({status}){AdviceFor(name)}.", call, status, name);
    }

    /// <summary>Whether a status says that cuDNN cannot do what was asked for, rather than that something went wrong.</summary>
    /// <param name="status">The status, not 0.</param>
    public bool SaysNotSupported(int status) => NameOf(status).StartsWith("CUDNN_STATUS_NOT_SUPPORTED", StringComparison.Ordinal);

    private static string AdviceFor(string name) => name switch
    {
        "CUDNN_STATUS_NOT_INITIALIZED" =>
            ": check that driver, cuBLAS and cuDNN are of matching versions and that the device has memory left",
        "CUDNN_STATUS_ALLOC_FAILED" => ": use a smaller batch, or free memory on the device that other programs hold",
        "CUDNN_STATUS_ARCH_MISMATCH" => ": this cuDNN does not support the device, install a release that does or run without cuDNN",
        "CUDNN_STATUS_EXECUTION_FAILED" => ": a kernel failed, here or before, the process must restart",
        _ when name.Contains("VERSION_MISMATCH", StringComparison.Ordinal) =>
            ": cuDNN found parts of another release of itself, keep one release in the library path",
        _ => "",
    };

    private string NameOf(int status) => Marshal.PtrToStringUTF8((nint)_errorString(status)) ?? "an unknown status";

    [DoesNotReturn]
    private void Throw(int status, string call) => throw Failure(status, call);
}

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
