using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>
/// He's start for rectified nets in its uniform form, U(−b, b) with b = √(6/fan in), so that the variance is 2/fan in. Source: He et al. 2015,
/// arXiv:1502.01852. Used by the batch-norm baseline.
/// </summary>
public sealed record HeInitializer : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<double> values, ParameterLayout layout, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(layout);
        double fanIn = layout.Exchange.Length / layout.Exchange[0];
        Uniform(values, Math.Sqrt(6 / fanIn), stream);
    }
}
