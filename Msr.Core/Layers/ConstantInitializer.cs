using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>Starts every element at the same value.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantInitializer(double Value) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<double> values, ParameterLayout layout, RandomStream stream) => values.Fill(Value);
}
