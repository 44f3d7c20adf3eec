using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>ReLU, y = max(x, 0); its derivative at 0 is 0.</summary>
public sealed record Relu : Layer
{
    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        TensorRef<T> y = plan.Activation(x.Shape);
        plan.Forward(new ReluForward<T>(x, y), ProbePlace.Rectified);
        if (plan.NeedsGradient(x))
        {
            plan.Backward(() => plan.Contribute(x, (dx, accumulate) => new ReluBackward<T>(y, plan.GradientOf(y), dx, accumulate)));
        }

        return y;
    }
}
