using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using unsafe Choose = delegate* unmanaged<nint, nint, nint, nint, nint, int, int*, Msr.Cuda.Interop.CudnnPerformance*, int>;
using unsafe Convolve =
    delegate* unmanaged<nint, float*, nint, ulong, nint, ulong, nint, int, ulong, nuint, float*, nint, ulong, int>;
using unsafe Measure = delegate* unmanaged<nint, nint, nint, nint, nint, int, nuint*, int>;

namespace Msr.Cuda.Interop;

/// <summary>
/// The functions of cuDNN that convolutions need, under the names it exports, of releases 8 and 9. Every call goes through
/// <see cref="Check"/>. Statuses are compared with 0 only, for their numbers changed in 9. Device addresses are numbers.
/// </summary>
/// <param name="library">cuDNN or its emulation. It must outlive the table.</param>
/// <exception cref="CudaException">A function is missing; the message names it.</exception>
internal sealed unsafe class CudnnApi(INativeLibrary library)
{
    /// <summary>Makes a handle in the current context.</summary>
    public readonly delegate* unmanaged<nint*, int> cudnnCreate = (delegate* unmanaged<nint*, int>)Find(library, nameof(cudnnCreate));

    /// <summary>Destroys a handle.</summary>
    public readonly delegate* unmanaged<nint, int> cudnnDestroy = (delegate* unmanaged<nint, int>)Find(library, nameof(cudnnDestroy));

    /// <summary>Where convolutions are queued: handle, stream.</summary>
    public readonly delegate* unmanaged<nint, nint, int> cudnnSetStream =
        (delegate* unmanaged<nint, nint, int>)Find(library, nameof(cudnnSetStream));

    /// <summary>The release: 1000 × major + 100 × minor + patch in 8, 10000 × major + 100 × minor + patch since 9.</summary>
    public readonly delegate* unmanaged<nuint> cudnnGetVersion = (delegate* unmanaged<nuint>)Find(library, nameof(cudnnGetVersion));

    /// <summary>Makes a description of a tensor.</summary>
    public readonly delegate* unmanaged<nint*, int> cudnnCreateTensorDescriptor =
        (delegate* unmanaged<nint*, int>)Find(library, nameof(cudnnCreateTensorDescriptor));

    /// <summary>Fills it: descriptor, format, type, n, c, h, w.</summary>
    public readonly delegate* unmanaged<nint, int, int, int, int, int, int, int> cudnnSetTensor4dDescriptor =
        (delegate* unmanaged<nint, int, int, int, int, int, int, int>)Find(library, nameof(cudnnSetTensor4dDescriptor));

    /// <summary>Destroys it.</summary>
    public readonly delegate* unmanaged<nint, int> cudnnDestroyTensorDescriptor =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cudnnDestroyTensorDescriptor));

    /// <summary>Makes a description of filters.</summary>
    public readonly delegate* unmanaged<nint*, int> cudnnCreateFilterDescriptor =
        (delegate* unmanaged<nint*, int>)Find(library, nameof(cudnnCreateFilterDescriptor));

    /// <summary>Fills it: descriptor, type, format (the other way round than for tensors), k, c, h, w.</summary>
    public readonly delegate* unmanaged<nint, int, int, int, int, int, int, int> cudnnSetFilter4dDescriptor =
        (delegate* unmanaged<nint, int, int, int, int, int, int, int>)Find(library, nameof(cudnnSetFilter4dDescriptor));

    /// <summary>Destroys it.</summary>
    public readonly delegate* unmanaged<nint, int> cudnnDestroyFilterDescriptor =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cudnnDestroyFilterDescriptor));

    /// <summary>Makes a description of a convolution.</summary>
    public readonly delegate* unmanaged<nint*, int> cudnnCreateConvolutionDescriptor =
        (delegate* unmanaged<nint*, int>)Find(library, nameof(cudnnCreateConvolutionDescriptor));

    /// <summary>Fills it: descriptor, padding h w, stride h w, dilation h w, mode, type of the sums.</summary>
    public readonly delegate* unmanaged<nint, int, int, int, int, int, int, int, int, int> cudnnSetConvolution2dDescriptor =
        (delegate* unmanaged<nint, int, int, int, int, int, int, int, int, int>)Find(library, nameof(cudnnSetConvolution2dDescriptor));

    /// <summary>Its groups: descriptor, count.</summary>
    public readonly delegate* unmanaged<nint, int, int> cudnnSetConvolutionGroupCount =
        (delegate* unmanaged<nint, int, int>)Find(library, nameof(cudnnSetConvolutionGroupCount));

    /// <summary>Its arithmetic: descriptor, math type.</summary>
    public readonly delegate* unmanaged<nint, int, int> cudnnSetConvolutionMathType =
        (delegate* unmanaged<nint, int, int>)Find(library, nameof(cudnnSetConvolutionMathType));

    /// <summary>Destroys it.</summary>
    public readonly delegate* unmanaged<nint, int> cudnnDestroyConvolutionDescriptor =
        (delegate* unmanaged<nint, int>)Find(library, nameof(cudnnDestroyConvolutionDescriptor));

    /// <summary>Algorithms, best first: handle, x, w, convolution, y, room, number found, results.</summary>
    public readonly Choose cudnnGetConvolutionForwardAlgorithm_v7 = (Choose)Find(library, nameof(cudnnGetConvolutionForwardAlgorithm_v7));

    /// <summary>Algorithms, best first: handle, w, dy, convolution, dx, room, number found, results.</summary>
    public readonly Choose cudnnGetConvolutionBackwardDataAlgorithm_v7 =
        (Choose)Find(library, nameof(cudnnGetConvolutionBackwardDataAlgorithm_v7));

    /// <summary>Algorithms, best first: handle, x, dy, convolution, dw, room, number found, results.</summary>
    public readonly Choose cudnnGetConvolutionBackwardFilterAlgorithm_v7 =
        (Choose)Find(library, nameof(cudnnGetConvolutionBackwardFilterAlgorithm_v7));

    /// <summary>The workspace of an algorithm: handle, x, w, convolution, y, algorithm, bytes.</summary>
    public readonly Measure cudnnGetConvolutionForwardWorkspaceSize =
        (Measure)Find(library, nameof(cudnnGetConvolutionForwardWorkspaceSize));

    /// <summary>The workspace of an algorithm: handle, w, dy, convolution, dx, algorithm, bytes.</summary>
    public readonly Measure cudnnGetConvolutionBackwardDataWorkspaceSize =
        (Measure)Find(library, nameof(cudnnGetConvolutionBackwardDataWorkspaceSize));

    /// <summary>The workspace of an algorithm: handle, x, dy, convolution, dw, algorithm, bytes.</summary>
    public readonly Measure cudnnGetConvolutionBackwardFilterWorkspaceSize =
        (Measure)Find(library, nameof(cudnnGetConvolutionBackwardFilterWorkspaceSize));

    /// <summary>
    /// Queues: handle, alpha, x and its address, w and its address, convolution, algorithm, workspace, its bytes, beta,
    /// y and its address.
    /// </summary>
    public readonly Convolve cudnnConvolutionForward = (Convolve)Find(library, nameof(cudnnConvolutionForward));

    /// <summary>
    /// Queues: handle, alpha, w and its address, dy and its address, convolution, algorithm, workspace, its bytes, beta,
    /// dx and its address.
    /// </summary>
    public readonly Convolve cudnnConvolutionBackwardData = (Convolve)Find(library, nameof(cudnnConvolutionBackwardData));

    /// <summary>
    /// Queues: handle, alpha, x and its address, dy and its address, convolution, algorithm, workspace, its bytes, beta,
    /// dw and its address.
    /// </summary>
    public readonly Convolve cudnnConvolutionBackwardFilter = (Convolve)Find(library, nameof(cudnnConvolutionBackwardFilter));

    private readonly delegate* unmanaged<int, byte*> _errorString = (delegate* unmanaged<int, byte*>)Find(library, "cudnnGetErrorString");

    /// <summary>What the functions belong to. Held, so that an emulation's functions live as long as whoever calls them.</summary>
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

    /// <summary>The exception of a call that failed: what, with which status.</summary>
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

    private static nint Find(INativeLibrary library, string export) => library.Required(export, "cuDNN 8");

    private string NameOf(int status) => Marshal.PtrToStringUTF8((nint)_errorString(status)) ?? "an unknown status";

    [DoesNotReturn]
    private void Throw(int status, string call) => throw Failure(status, call);
}
