using System.Numerics;
using Msr.Core.Memory;

namespace Msr.Core.Plans;

/// <summary>A parameter and its gradient, in canonical layout. Backward ops always add to the gradient; the plan starts it from zero.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Value">The parameter.</param>
/// <param name="Gradient">Its gradient.</param>
public readonly record struct ParameterTensors<T>(TensorRef<T> Value, TensorRef<T> Gradient)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
