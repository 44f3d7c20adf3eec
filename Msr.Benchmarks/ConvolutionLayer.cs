using Msr.Core.Numerics;

namespace Msr.Benchmarks;

/// <summary>A 3×3 convolution of ResNet-20 for images of 32×32.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Size">Height and width of the input.</param>
/// <param name="Stride">The stride.</param>
public sealed record ConvolutionLayer(int Inputs, int Outputs, int Size, int Stride)
{
    /// <summary>All of them, from the first to the last.</summary>
    public static IReadOnlyList<ConvolutionLayer> OfResNet20 { get; } =
        [new(3, 16, 32, 1), new(16, 16, 32, 1), new(16, 32, 32, 2), new(32, 32, 16, 1), new(32, 64, 16, 2), new(64, 64, 8, 1)];

    /// <summary>Its geometry.</summary>
    public ConvGeometry Geometry => new(Size, Size, Inputs, Outputs, 3, 3, (Stride, Stride), new Border(1, 1, 1, 1));

    /// <inheritdoc/>
    public override string ToString() => $"{Inputs}→{Outputs}@{Size}{(Stride > 1 ? $"/{Stride}" : "")}";
}
