namespace Msr.Core.Models;

/// <summary>What a model may vary in besides its name.</summary>
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
