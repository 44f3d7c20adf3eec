using Msr.Core.Numerics;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>
/// The functions of the emulated cuDNN for descriptors. What a real one would take but the emulation cannot compute is noted, and refused (3000) by
/// what computes.
/// </summary>
internal sealed unsafe class CudnnDescriptorExports : ExportGroup
{
    private const int Nhwc = 1;
    private const int Float = 0;
    private const int CrossCorrelation = 1;
    private const int LastMathType = 3;

    private readonly EmulatedDriver _driver;

    /// <summary>Adds the functions to the library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="gate">The edge that every call passes.</param>
    /// <param name="driver">The driver below.</param>
    public CudnnDescriptorExports(EmulatedLibrary library, CallGate gate, EmulatedDriver driver)
        : base(library, gate)
    {
        _driver = driver;
        library.Add<CudnnFunctions.cudnnCreateTensorDescriptor>(cudnnCreateTensorDescriptor);
        library.Add<CudnnFunctions.cudnnSetTensor4dDescriptor>(cudnnSetTensor4dDescriptor);
        library.Add<CudnnFunctions.cudnnSetTensor4dDescriptorEx>(cudnnSetTensor4dDescriptorEx);
        library.Add<CudnnFunctions.cudnnDestroyTensorDescriptor>(cudnnDestroyTensorDescriptor);
        library.Add<CudnnFunctions.cudnnCreateFilterDescriptor>(cudnnCreateFilterDescriptor);
        library.Add<CudnnFunctions.cudnnSetFilter4dDescriptor>(cudnnSetFilter4dDescriptor);
        library.Add<CudnnFunctions.cudnnDestroyFilterDescriptor>(cudnnDestroyFilterDescriptor);
        library.Add<CudnnFunctions.cudnnCreateConvolutionDescriptor>(cudnnCreateConvolutionDescriptor);
        library.Add<CudnnFunctions.cudnnSetConvolution2dDescriptor>(cudnnSetConvolution2dDescriptor);
        library.Add<CudnnFunctions.cudnnSetConvolutionGroupCount>(cudnnSetConvolutionGroupCount);
        library.Add<CudnnFunctions.cudnnSetConvolutionMathType>(cudnnSetConvolutionMathType);
        library.Add<CudnnFunctions.cudnnDestroyConvolutionDescriptor>(cudnnDestroyConvolutionDescriptor);
    }

    private int cudnnCreateTensorDescriptor(nint* made) => Run(nameof(cudnnCreateTensorDescriptor), () => Make<EmulatedTensor>(made));

    private int cudnnSetTensor4dDescriptor(nint descriptor, int format, int type, int n, int c, int h, int w) =>
        Run(nameof(cudnnSetTensor4dDescriptor), () =>
        {
            EmulatedTensor set = Find<EmulatedTensor>(descriptor);
            set.Shape = ShapeOf(n, h, w, c, nameof(cudnnSetTensor4dDescriptor));
            set.Unsupported = Unsupported(type, format == Nhwc, "tensors");
        });

    private int cudnnSetTensor4dDescriptorEx(
        nint descriptor, int type, int n, int c, int h, int w, int strideN, int strideC, int strideH, int strideW) =>
        Run(nameof(cudnnSetTensor4dDescriptorEx), () =>
        {
            EmulatedTensor set = Find<EmulatedTensor>(descriptor);
            set.Shape = ShapeOf(n, h, w, c, nameof(cudnnSetTensor4dDescriptorEx));

            // An axis of extent 1 is never stepped along, so its stride may be anything.
            bool isDense = (c == 1 || strideC == 1)
                && (w == 1 || strideW == c)
                && (h == 1 || strideH == (long)c * w)
                && (n == 1 || strideN == (long)c * w * h);
            set.Unsupported = Unsupported(type, isDense, "tensors");
        });

    private int cudnnDestroyTensorDescriptor(nint descriptor) =>
        Release(nameof(cudnnDestroyTensorDescriptor), () => Destroy<EmulatedTensor>(descriptor));

    private int cudnnCreateFilterDescriptor(nint* made) => Run(nameof(cudnnCreateFilterDescriptor), () => Make<EmulatedFilter>(made));

    private int cudnnSetFilter4dDescriptor(nint descriptor, int type, int format, int k, int c, int h, int w) =>
        Run(nameof(cudnnSetFilter4dDescriptor), () =>
        {
            EmulatedFilter set = Find<EmulatedFilter>(descriptor);
            set.Shape = ShapeOf(k, h, w, c, nameof(cudnnSetFilter4dDescriptor));
            set.Unsupported = Unsupported(type, format == Nhwc, "filters");
        });

    private int cudnnDestroyFilterDescriptor(nint descriptor) =>
        Release(nameof(cudnnDestroyFilterDescriptor), () => Destroy<EmulatedFilter>(descriptor));

    private int cudnnCreateConvolutionDescriptor(nint* made) =>
        Run(nameof(cudnnCreateConvolutionDescriptor), () => Make<EmulatedConvolution>(made));

    private int cudnnSetConvolution2dDescriptor(
        nint descriptor, int padH, int padW, int strideH, int strideW, int dilationH, int dilationW, int mode, int type) =>
        Run(nameof(cudnnSetConvolution2dDescriptor), () =>
        {
            EmulatedConvolution set = Find<EmulatedConvolution>(descriptor);
            if (padH < 0 || padW < 0 || strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1 || mode is not (0 or 1))
            {
                throw CallFailedException.LibraryFault(
                    CudnnStatus.BadParam,
                    $"Padding {(padH, padW)}, stride {(strideH, strideW)}, dilation {(dilationH, dilationW)}, mode {mode} make no convolution.");
            }

            (set.Padding, set.Stride, set.Dilation, set.IsSet) = ((padH, padW), (strideH, strideW), (dilationH, dilationW), true);
            set.Unsupported = mode != CrossCorrelation ? "The emulation computes cross-correlations (mode 1) alone."
                : type != Float ? "The emulation computes in float32 (type 0) alone."
                : null;
        });

    private int cudnnSetConvolutionGroupCount(nint descriptor, int groups) => Run(nameof(cudnnSetConvolutionGroupCount), () =>
    {
        EmulatedConvolution set = Find<EmulatedConvolution>(descriptor);
        set.Groups = groups >= 1 ? groups : throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"There are no {groups} groups.");
    });

    private int cudnnSetConvolutionMathType(nint descriptor, int type) => Run(nameof(cudnnSetConvolutionMathType), () =>
    {
        EmulatedConvolution set = Find<EmulatedConvolution>(descriptor);
        set.MathType = (uint)type <= LastMathType
            ? type
            : throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"There is no math type {type}.");
    });

    private int cudnnDestroyConvolutionDescriptor(nint descriptor) =>
        Release(nameof(cudnnDestroyConvolutionDescriptor), () => Destroy<EmulatedConvolution>(descriptor));

    private static Shape ShapeOf(int outer, int h, int w, int inner, string export)
    {
        if (outer < 1 || h < 1 || w < 1 || inner < 1)
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"{export}: extents {outer}, {inner}, {h}, {w} are not all at least 1.");
        }

        return new Shape(outer, h, w, inner);
    }

    private static string? Unsupported(int type, bool isChannelsLast, string what) =>
        type == Float && isChannelsLast
            ? null
            : $"The emulation computes with {what} of float32 (type 0), channels last (format 1), without gaps, alone.";

    private void Make<TDescriptor>(nint* made)
        where TDescriptor : class, IEmulatedResource, new()
    {
        NotNull(made, TDescriptor.Kind, CudnnStatus.BadParam);
        *made = _driver.Handles.Add(new TDescriptor());
    }

    private TDescriptor Find<TDescriptor>(nint descriptor)
        where TDescriptor : class, IEmulatedResource =>
        _driver.Handles.Get<TDescriptor>(descriptor, CudnnStatus.BadParam, isDriverStatus: false);

    private void Destroy<TDescriptor>(nint descriptor)
        where TDescriptor : class, IEmulatedResource =>
        _driver.Handles.Remove<TDescriptor>(descriptor, CudnnStatus.BadParam, isDriverStatus: false);
}
