using System.Runtime.InteropServices;
using Msr.Core.Ops;

namespace Msr.Cuda.Interop;

/// <summary>An algorithm that cuDNN offers for a convolution.</summary>
/// <param name="Number">cuDNN's number of the algorithm, of its own numbering for each of the three directions.</param>
/// <param name="WorkspaceBytes">The workspace it needs.</param>
/// <param name="IsDeterministic">Whether the same input gives the same bits.</param>
internal readonly record struct ConvolutionAlgorithm(int Number, long WorkspaceBytes, bool IsDeterministic);

/// <summary>A convolution in one direction. The tensor that the direction computes is the result, the other two are operands.</summary>
/// <param name="Direction">The direction.</param>
/// <param name="Images">The input or its gradient.</param>
/// <param name="Filters">The filters or their gradient.</param>
/// <param name="Outputs">The output or its gradient.</param>
/// <param name="Convolution">The convolution.</param>
internal sealed record ConvolutionProblem(
    ConvDirection Direction, TensorDescriptor Images, FilterDescriptor Filters, TensorDescriptor Outputs, ConvolutionDescriptor Convolution)
{
    /// <summary>Puts images, filters and outputs in the order of cuDNN's arguments: two operands and the result.</summary>
    /// <param name="images">Something of the images.</param>
    /// <param name="filters">The same of the filters.</param>
    /// <param name="outputs">The same of the outputs.</param>
    public (TItem First, TItem Second, TItem Result) InOrder<TItem>(TItem images, TItem filters, TItem outputs) => Direction switch
    {
        ConvDirection.Forward => (images, filters, outputs),
        ConvDirection.BackwardData => (filters, outputs, images),
        _ => (images, outputs, filters),
    };
}

/// <summary>The properties of one algorithm, as cuDNN reports them: 48 bytes, the same for all three convolutions and in cuDNN 8 and 9.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct CudnnPerformance
{
    /// <summary>The algorithm.</summary>
    public int Algorithm;

    /// <summary>0 where it can be used.</summary>
    public int Status;

    /// <summary>The milliseconds expected; -1 where unknown.</summary>
    public float Time;

    /// <summary>The bytes of workspace, at byte 16.</summary>
    public nuint Memory;

    /// <summary>1 where the same input gives the same bits, at byte 24.</summary>
    public int Determinism;

    /// <summary>The arithmetic, as in <see cref="ConvolutionDescriptor"/>.</summary>
    public int MathType;

    /// <summary>
    /// Whether the backend may use the algorithm. Those with tensor-core arithmetic other than TF32's are passed over: the descriptor did not ask
    /// for them, and some of them round to half precision.
    /// </summary>
    /// <param name="allowed">The numbers of the algorithms that sum products.</param>
    /// <param name="deterministic">Whether to pass over algorithms that may give other bits for the same input.</param>
    public readonly bool MayBeUsed(ReadOnlySpan<int> allowed, bool deterministic) =>
        Status == 0
        && allowed.Contains(Algorithm)
        && (Determinism == 1 || !deterministic)
        && MathType is ConvolutionDescriptor.DefaultMath or ConvolutionDescriptor.FmaMath;
}

/// <summary>
/// cuDNN's three functions for one direction of a convolution, with their names for messages. They take two operands and the result, each direction
/// in its own order: <see cref="ConvolutionProblem.InOrder"/>.
/// </summary>
internal sealed unsafe class CudnnDirection
{
    private CudnnDirection()
    {
    }

    /// <summary>Lists algorithms, best first.</summary>
    public delegate int Lister(
        nint handle, nint first, nint second, nint convolution, nint result, int room, int* found, CudnnPerformance* results);

    /// <summary>The workspace of an algorithm.</summary>
    public delegate int Measurer(nint handle, nint first, nint second, nint convolution, nint result, int algorithm, nuint* bytes);

    /// <summary>Queues the convolution.</summary>
    public delegate int Convolver(
        nint handle,
        float* alpha,
        nint firstDescriptor,
        ulong first,
        nint secondDescriptor,
        ulong second,
        nint convolution,
        int algorithm,
        ulong workspace,
        nuint workspaceBytes,
        float* beta,
        nint resultDescriptor,
        ulong result);

    /// <summary>Lists algorithms, best first.</summary>
    public required Lister List { get; init; }

    /// <summary>The name of <see cref="List"/>.</summary>
    public required string ListName { get; init; }

    /// <summary>The workspace of an algorithm.</summary>
    public required Measurer Measure { get; init; }

    /// <summary>The name of <see cref="Measure"/>.</summary>
    public required string MeasureName { get; init; }

    /// <summary>Queues the convolution.</summary>
    public required Convolver Convolve { get; init; }

    /// <summary>The name of <see cref="Convolve"/>.</summary>
    public required string ConvolveName { get; init; }

    /// <summary>
    /// The implicit and explicit matrix products, which sum products within the bound of such a sum. FFT and Winograd transform first and are not
    /// among them.
    /// </summary>
    public required int[] SummingAlgorithms { get; init; }

    /// <summary>The functions that compute y.</summary>
    /// <param name="api">cuDNN.</param>
    public static CudnnDirection Forward(CudnnApi api) => new()
    {
        List = api.cudnnGetConvolutionForwardAlgorithm_v7.Invoke,
        ListName = nameof(api.cudnnGetConvolutionForwardAlgorithm_v7),
        Measure = api.cudnnGetConvolutionForwardWorkspaceSize.Invoke,
        MeasureName = nameof(api.cudnnGetConvolutionForwardWorkspaceSize),
        Convolve = api.cudnnConvolutionForward.Invoke,
        ConvolveName = nameof(api.cudnnConvolutionForward),
        SummingAlgorithms = [0, 1, 2],
    };

    /// <summary>The functions that compute dx.</summary>
    /// <param name="api">cuDNN.</param>
    public static CudnnDirection BackwardData(CudnnApi api) => new()
    {
        List = api.cudnnGetConvolutionBackwardDataAlgorithm_v7.Invoke,
        ListName = nameof(api.cudnnGetConvolutionBackwardDataAlgorithm_v7),
        Measure = api.cudnnGetConvolutionBackwardDataWorkspaceSize.Invoke,
        MeasureName = nameof(api.cudnnGetConvolutionBackwardDataWorkspaceSize),
        Convolve = api.cudnnConvolutionBackwardData.Invoke,
        ConvolveName = nameof(api.cudnnConvolutionBackwardData),
        SummingAlgorithms = [0, 1],
    };

    /// <summary>The functions that compute dw.</summary>
    /// <param name="api">cuDNN.</param>
    public static CudnnDirection BackwardFilter(CudnnApi api) => new()
    {
        List = api.cudnnGetConvolutionBackwardFilterAlgorithm_v7.Invoke,
        ListName = nameof(api.cudnnGetConvolutionBackwardFilterAlgorithm_v7),
        Measure = api.cudnnGetConvolutionBackwardFilterWorkspaceSize.Invoke,
        MeasureName = nameof(api.cudnnGetConvolutionBackwardFilterWorkspaceSize),
        Convolve = api.cudnnConvolutionBackwardFilter.Invoke,
        ConvolveName = nameof(api.cudnnConvolutionBackwardFilter),
        SummingAlgorithms = [0, 1],
    };
}
