namespace Msr.Core.Plans;

/// <summary>Where in a network a probed activation lies.</summary>
public enum ProbePlace
{
    /// <summary>The output of a convolution, before any ReLU.</summary>
    Branch,

    /// <summary>The output of a ReLU.</summary>
    Rectified,

    /// <summary>The sum of a residual branch and its shortcut.</summary>
    Stream,
}
