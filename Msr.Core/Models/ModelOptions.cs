namespace Msr.Core.Models;

/// <summary>The options of a model besides its name.</summary>
public sealed record ModelOptions
{
    /// <summary>Channels of the first stage unless told otherwise.</summary>
    public const int DefaultWidth = 8;

    /// <summary>How convolutions are made: the method's part of the model.</summary>
    public ConvolutionStyle Style { get; init; } = ConvolutionStyle.MeanShiftRejection;

    /// <summary>How shortcuts pass from stage to stage.</summary>
    public ShortcutKind Shortcut { get; init; }

    /// <summary>Channels of the first stage; later stages double them.</summary>
    public int Width { get; init; } = DefaultWidth;
}

/// <summary>The place where noise enters a network.</summary>
public enum NoiseSite
{
    /// <summary>The raw output of every convolution of a block, as the authors' flag says.</summary>
    ConvolutionOutput,

    /// <summary>The input of every block's branch (not of its shortcut), as the authors' late code has it.</summary>
    BlockInput,
}

/// <summary>How the shortcut of a residual block gets from one stage to the next.</summary>
public enum ShortcutKind
{
    /// <summary>Mean over 2×2 windows, padded with zero channels. The default, for every method.</summary>
    Averaged,

    /// <summary>Every second pixel, padded with zero channels: option A of He et al. 2015.</summary>
    Subsampled,

    /// <summary>A convolution with filters of one tap and stride 2: option B.</summary>
    Projection,
}
