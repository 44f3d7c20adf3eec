namespace Msr.Core.Models;

/// <summary>Where noise enters a network.</summary>
public enum NoiseSite
{
    /// <summary>The raw output of every convolution of a block, as the authors' flag says.</summary>
    ConvolutionOutput,

    /// <summary>The input of every block's branch (not of its shortcut), as the authors' late code has it.</summary>
    BlockInput,
}
