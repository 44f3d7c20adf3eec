namespace Msr.Core.Models;

/// <summary>Where in a network a convolution stands.</summary>
public enum ConvolutionPlace
{
    /// <summary>The first convolution, on the images.</summary>
    Stem,

    /// <summary>In a block.</summary>
    Block,

    /// <summary>On a projection shortcut.</summary>
    Shortcut,
}
