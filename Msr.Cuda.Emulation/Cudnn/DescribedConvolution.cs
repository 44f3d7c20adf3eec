using Msr.Core.Numerics;

namespace Msr.Cuda.Emulation.Cudnn;

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
    /// <exception cref="CallFailedException">One is none, was not set, does not fit the others, or is beyond the emulation.</exception>
    public static DescribedConvolution Of(HandleTable handles, nint input, nint filter, nint output, nint convolution)
    {
        EmulatedTensor x = handles.Get<EmulatedTensor>(input, CudnnStatus.BadParam, isDriverStatus: false);
        EmulatedFilter w = handles.Get<EmulatedFilter>(filter, CudnnStatus.BadParam, isDriverStatus: false);
        EmulatedTensor y = handles.Get<EmulatedTensor>(output, CudnnStatus.BadParam, isDriverStatus: false);
        EmulatedConvolution how = handles.Get<EmulatedConvolution>(convolution, CudnnStatus.BadParam, isDriverStatus: false);
        if (x.Shape is not { } inputShape || w.Shape is not { } filterShape || y.Shape is not { } outputShape || !how.IsSet)
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, "A descriptor was made but never set.");
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
