using Msr.Core.Numerics;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Emulation.Driver;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Emulation.Libraries;

/// <summary>
/// The functions of the emulated cuDNN for descriptors. Descriptors that a real cuDNN accepts but the emulation does not support are refused
/// (3000) when a convolution uses them.
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
                    $"Padding {(padH, padW)}, stride {(strideH, strideW)}, dilation {(dilationH, dilationW)}, mode {mode} are not a valid convolution.");
            }

            (set.Padding, set.Stride, set.Dilation, set.IsSet) = ((padH, padW), (strideH, strideW), (dilationH, dilationW), true);
            set.Unsupported = mode != CrossCorrelation ? "The emulation supports only cross-correlations (mode 1)."
                : type != Float ? "The emulation supports only float32 (type 0)."
                : null;
        });

    private int cudnnSetConvolutionGroupCount(nint descriptor, int groups) => Run(nameof(cudnnSetConvolutionGroupCount), () =>
    {
        EmulatedConvolution set = Find<EmulatedConvolution>(descriptor);
        set.Groups = groups >= 1 ? groups : throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"The number of groups is {groups}; it must be at least 1.");
    });

    private int cudnnSetConvolutionMathType(nint descriptor, int type) => Run(nameof(cudnnSetConvolutionMathType), () =>
    {
        EmulatedConvolution set = Find<EmulatedConvolution>(descriptor);
        set.MathType = (uint)type <= LastMathType
            ? type
            : throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"The math type {type} is invalid: types are 0 to 3.");
    });

    private int cudnnDestroyConvolutionDescriptor(nint descriptor) =>
        Release(nameof(cudnnDestroyConvolutionDescriptor), () => Destroy<EmulatedConvolution>(descriptor));

    private static Shape ShapeOf(int outer, int h, int w, int inner, string export)
    {
        if (outer < 1 || h < 1 || w < 1 || inner < 1)
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"{export}: the extents are {outer}, {inner}, {h}, {w}; each must be at least 1.");
        }

        return new Shape(outer, h, w, inner);
    }

    private static string? Unsupported(int type, bool isChannelsLast, string what) =>
        type == Float && isChannelsLast
            ? null
            : $"The emulation supports only {what} that are float32 (type 0), channels last (format 1) and dense.";

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

/// <summary>The shape of a tensor, and whether it is one that the emulation computes with: float32, channels last, without gaps.</summary>
internal sealed class EmulatedTensor : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "tensor descriptor";

    /// <summary>[N, H, W, C]; null before it is set.</summary>
    public Shape? Shape { get; set; }

    /// <summary>Why the emulation cannot compute with it; null where it can.</summary>
    public string? Unsupported { get; set; }
}

/// <summary>The shape of filters, and whether they are ones that the emulation computes with: float32, channels last.</summary>
internal sealed class EmulatedFilter : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "filter descriptor";

    /// <summary>[K, R, S, C/G]; null before it is set.</summary>
    public Shape? Shape { get; set; }

    /// <summary>Why the emulation cannot compute with them; null where it can.</summary>
    public string? Unsupported { get; set; }
}

/// <summary>The padding, strides, dilation and groups of a convolution.</summary>
internal sealed class EmulatedConvolution : IEmulatedResource
{
    /// <inheritdoc/>
    public static string Kind => "convolution descriptor";

    /// <summary>Whether it was set.</summary>
    public bool IsSet { get; set; }

    /// <summary>Padding at both ends of each axis.</summary>
    public (int H, int W) Padding { get; set; }

    /// <summary>Strides.</summary>
    public (int H, int W) Stride { get; set; } = (1, 1);

    /// <summary>Distances between taps.</summary>
    public (int H, int W) Dilation { get; set; } = (1, 1);

    /// <summary>Groups.</summary>
    public int Groups { get; set; } = 1;

    /// <summary>0 default, 1 tensor ops, 2 tensor ops with conversion, 3 float32 throughout. All but the last allow TF32.</summary>
    public int MathType { get; set; }

    /// <summary>Why the emulation cannot compute it; null where it can.</summary>
    public string? Unsupported { get; set; }
}

/// <summary>A convolution as its descriptors state it when a function is called.</summary>
/// <param name="Samples">N.</param>
/// <param name="Geometry">Everything else.</param>
/// <param name="MathType">The descriptor's.</param>
internal sealed record DescribedConvolution(int Samples, ConvGeometry Geometry, int MathType)
{
    private const int Float32Throughout = 3;

    /// <summary>Whether operands may be rounded to TF32 on a device that has it.</summary>
    public bool AllowsTf32 => MathType != Float32Throughout;

    /// <summary>The shape of the input, [N, H, W, C].</summary>
    public Shape Input => Geometry.Input(Samples);

    /// <summary>The shape of the output, [N, P, Q, K].</summary>
    public Shape Output => Geometry.Output(Samples);

    /// <summary>Reads the descriptors.</summary>
    /// <param name="handles">The handles of the installation.</param>
    /// <param name="input">The input's, or that of its gradient.</param>
    /// <param name="filter">The filters', or that of their gradient.</param>
    /// <param name="output">The output's, or that of its gradient.</param>
    /// <param name="convolution">The convolution's.</param>
    /// <exception cref="CallFailedException">A descriptor is invalid, not set, unsupported, or does not fit the others.</exception>
    public static DescribedConvolution Of(HandleTable handles, nint input, nint filter, nint output, nint convolution)
    {
        EmulatedTensor x = handles.Get<EmulatedTensor>(input, CudnnStatus.BadParam, isDriverStatus: false);
        EmulatedFilter w = handles.Get<EmulatedFilter>(filter, CudnnStatus.BadParam, isDriverStatus: false);
        EmulatedTensor y = handles.Get<EmulatedTensor>(output, CudnnStatus.BadParam, isDriverStatus: false);
        EmulatedConvolution how = handles.Get<EmulatedConvolution>(convolution, CudnnStatus.BadParam, isDriverStatus: false);
        if (x.Shape is not { } inputShape || w.Shape is not { } filterShape || y.Shape is not { } outputShape || !how.IsSet)
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, "A descriptor was created but never set: set it before use.");
        }

        if ((x.Unsupported ?? w.Unsupported ?? y.Unsupported ?? how.Unsupported) is { } why)
        {
            throw CallFailedException.LibraryFailure(CudnnStatus.NotSupported, why);
        }

        ConvGeometry geometry = GeometryOf(inputShape, filterShape, how);
        if (geometry.Filter != filterShape || geometry.Output(inputShape[0]) != outputShape)
        {
            throw CallFailedException.LibraryFault(
                CudnnStatus.BadParam,
                $"Input {inputShape} with {how.Groups} groups takes filters {geometry.Filter} and gives {geometry.Output(inputShape[0])}; "
                + $"the descriptors say {filterShape} and {outputShape}.");
        }

        return new DescribedConvolution(inputShape[0], geometry, how.MathType);
    }

    private static ConvGeometry GeometryOf(Shape input, Shape filter, EmulatedConvolution how)
    {
        try
        {
            Border padding = new(how.Padding.H, how.Padding.W, how.Padding.H, how.Padding.W);
            return new ConvGeometry(
                input[1], input[2], input[3], filter[0], filter[1], filter[2], how.Stride, padding, how.Dilation, how.Groups);
        }
        catch (ArgumentException misfit)
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, misfit.Message);
        }
    }
}
