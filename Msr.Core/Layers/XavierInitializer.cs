using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>Xavier's uniform start, U(−b, b) with b = √(6/(fan in + fan out)). Source: Glorot and Bengio 2010.</summary>
public sealed record XavierInitializer : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<double> values, ParameterLayout layout, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(layout);
        double fans = layout.Exchange[0] + (double)(layout.Exchange.Length / layout.Exchange[0]);
        Uniform(values, Math.Sqrt(6 / fans), stream);
    }
}
