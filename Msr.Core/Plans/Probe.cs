using System.Numerics;
using Msr.Core.Ops;

namespace Msr.Core.Plans;

/// <summary>An activation that a layer offers to observers: what one op of the evaluation's forward pass writes.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Layer">The path of the layer that made it.</param>
/// <param name="Place">Where in the network it lies.</param>
/// <param name="Source">The op, one of <see cref="Plan{T}.EvaluationForward"/>; its last operand is the activation, channels last.</param>
public sealed record Probe<T>(string Layer, ProbePlace Place, Op<T> Source)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>The place of a probed activation in a network.</summary>
public enum ProbePlace
{
    /// <summary>The output of a convolution, before any ReLU.</summary>
    Branch,

    /// <summary>The output of a ReLU.</summary>
    Rectified,

    /// <summary>The sum of a residual branch and its shortcut.</summary>
    Stream,
}
