namespace Msr.Core.Models;

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
