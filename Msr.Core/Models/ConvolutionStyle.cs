using System.Collections.Immutable;
using Msr.Core.Layers;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Models;

/// <summary>
/// How a method makes the convolutions of a network: start, scale, bias, normalisation, noise. The architecture of a network is the same for
/// every method; what differs is this.
/// </summary>
public sealed record ConvolutionStyle
{
    /// <summary>
    /// Mean shift rejection: slices centred at the start (filters of one tap over their inputs), unit norm, a learnable scale per filter
    /// from 0.8 (the first convolution: 1), a bias on the first convolution alone.
    /// </summary>
    public static ConvolutionStyle MeanShiftRejection { get; } = new();

    /// <summary>The control: as <see cref="MeanShiftRejection"/>, but never centred.</summary>
    public static ConvolutionStyle Uncentred { get; } = new() { Spatial = Centring.None, Pointwise = Centring.None };

    /// <summary>The baseline: He's start, no scale, batch normalisation after every convolution.</summary>
    public static ConvolutionStyle BatchNormalized { get; } = new() { Normalizes = true, BlockScale = null, StemScale = null };

    /// <summary>Nothing but convolutions with bias, He's start: the plain net of textbooks.</summary>
    public static ConvolutionStyle Plain { get; } = new() { Biased = true, HeStart = true, BlockScale = null, StemScale = null };

    /// <summary>Over what kernels with more than one tap are centred at the start.</summary>
    public Centring Spatial { get; init; } = Centring.Slice;

    /// <summary>Over what kernels of one tap are centred at the start.</summary>
    public Centring Pointwise { get; init; } = Centring.AcrossInputs;

    /// <summary>Start of the scales in blocks; null for none.</summary>
    public double? BlockScale { get; init; } = 0.8;

    /// <summary>Start of the scales of the first convolution and of projection shortcuts; null for none.</summary>
    public double? StemScale { get; init; } = 1;

    /// <summary>Whether batch normalisation follows every convolution.</summary>
    public bool Normalizes { get; init; }

    /// <summary>Whether every convolution has a bias, not only the first.</summary>
    public bool Biased { get; init; }

    /// <summary>Whether kernels start by He's rule instead of the method's.</summary>
    public bool HeStart { get; init; }

    /// <summary>The padding mode.</summary>
    public PaddingMode Padding { get; init; }

    /// <summary>The noise; null for none.</summary>
    public NoiseDistribution? Noise { get; init; }

    /// <summary>The place of the noise.</summary>
    public NoiseSite NoiseSite { get; init; }

    /// <summary>A convolution with what belongs to it.</summary>
    /// <param name="channels">Output channels.</param>
    /// <param name="size">Height and width of the filters.</param>
    /// <param name="stride">Both strides.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="name">Its name; null to number it.</param>
    public Layer Convolution(int channels, int size, int stride, ConvolutionPlace place, string? name = null)
    {
        Centring centring = size > 1 ? Spatial : Pointwise;
        Convolution convolution = new(channels, size)
        {
            Name = name,
            Stride = stride,
            Padding = Padding,
            Bias = Biased || (place == ConvolutionPlace.Stem && !Normalizes),
            Scale = place == ConvolutionPlace.Block ? BlockScale : StemScale,
            Initializer = Normalizes || HeStart ? new HeInitializer() : new KernelInitializer(centring),
        };
        ImmutableArray<Layer> noise = place == ConvolutionPlace.Block && NoiseSite == NoiseSite.ConvolutionOutput ? NoiseLayers() : [];
        ImmutableArray<Layer> norm = Normalizes ? [new BatchNorm { Name = name is null ? null : $"{name}_norm" }] : [];
        return new Sequence([convolution, .. noise, .. norm]);
    }

    /// <summary>The layers at the input of a block's branch.</summary>
    public ImmutableArray<Layer> BlockInput() => NoiseSite == NoiseSite.BlockInput ? NoiseLayers() : [];

    private ImmutableArray<Layer> NoiseLayers() => Noise is { } distribution ? [new Noise(distribution)] : [];
}

/// <summary>The place of a convolution in a network.</summary>
public enum ConvolutionPlace
{
    /// <summary>The first convolution, on the images.</summary>
    Stem,

    /// <summary>In a block.</summary>
    Block,

    /// <summary>On a projection shortcut.</summary>
    Shortcut,
}
