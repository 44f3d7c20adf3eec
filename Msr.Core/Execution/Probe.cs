using System.Numerics;
using Msr.Core.Backends;

namespace Msr.Core.Execution;

/// <summary>An activation that a layer offers to observers.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Layer">The path of the layer that made it.</param>
/// <param name="Place">Where in the network it lies.</param>
/// <param name="Tensor">The activation, channels last.</param>
public sealed record Probe<T>(string Layer, ProbePlace Place, TensorRef<T> Tensor)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
