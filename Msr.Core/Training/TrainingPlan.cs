using System.Numerics;
using Msr.Core.Layers;
using Msr.Core.Optimizers;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>The plan of a training step: a network, and what happens to its gradients.</summary>
public static class TrainingPlan
{
    /// <summary>Builds the plan.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="network">The network.</param>
    /// <param name="rule">What happens to gradients after the backward pass.</param>
    /// <param name="settings">Batch size, key of the noise, label smoothing.</param>
    /// <exception cref="Ops.ShapeMismatchException">A layer does not fit its input; the message names both.</exception>
    public static Plan<T> Of<T>(Network network, UpdateRule rule, PlanSettings settings)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(settings);
        return PlanBuilder<T>.Build(
            network.Image, network.Classes, network.Body.Emit, rule.Optimizer.Scalars, parameters => new ParameterUpdate<T>(parameters, rule), settings);
    }
}
