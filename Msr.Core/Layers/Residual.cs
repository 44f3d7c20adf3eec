using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Execution;
using Msr.Core.Ops;

namespace Msr.Core.Layers;

/// <summary>The sum of a branch and a shortcut, y = body(x) + skip(x).</summary>
/// <param name="Body">The branch; parameters are called <c>body.…</c>.</param>
/// <param name="Skip">The shortcut; null for the identity. Parameters are called <c>skip.…</c>.</param>
public sealed record Residual(Layer Body, Layer? Skip = null) : Layer
{
    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        TensorRef<T> branch = EmitUnder("body", Body, plan, x);
        TensorRef<T> shortcut = Skip is null ? x : EmitUnder("skip", Skip, plan, x);
        TensorRef<T> y = plan.Activation(branch.Shape);
        plan.Forward(new Add<T>(branch, shortcut, y), ProbePlace.Stream);
        plan.Backward(() =>
        {
            plan.ShareGradient(branch, y);
            if (Skip is not null)
            {
                plan.ShareGradient(shortcut, y);
            }
            else if (plan.NeedsGradient(x))
            {
                plan.Contribute(x, (dx, accumulate) => new Copy<T>(plan.GradientOf(y), dx, accumulate));
            }
        });
        return y;
    }

    private static TensorRef<T> EmitUnder<T>(string name, Layer layer, PlanBuilder<T> plan, TensorRef<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using (plan.Scope(name))
        {
            return layer.Emit(plan, x);
        }
    }
}
