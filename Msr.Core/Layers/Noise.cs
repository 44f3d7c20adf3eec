using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>Noise that is constant over each map of a sample, keyed by (seed, step, site, sample, channel); the identity at test, bit for bit.</summary>
/// <param name="Distribution">How it is drawn.</param>
public sealed record Noise(NoiseDistribution Distribution = NoiseDistribution.Uniform) : Layer
{
    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Noise(x, Distribution);
    }
}
