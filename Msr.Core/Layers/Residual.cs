using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>The sum of a branch and a shortcut, y = body(x) + skip(x).</summary>
/// <param name="Body">The branch; parameters are called <c>body.…</c>.</param>
/// <param name="Skip">The shortcut; null, or no layers, for the identity. Parameters are called <c>skip.…</c>.</param>
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
            PassGradient(plan, branch, x, y);
            PassGradient(plan, shortcut, x, y);
        });
        return y;
    }

    // A summand of its own has the sum's very gradient; one that is the input itself, which others use too, adds it to theirs.
    private static void PassGradient<T>(PlanBuilder<T> plan, TensorRef<T> summand, TensorRef<T> x, TensorRef<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (summand.Memory != x.Memory)
        {
            plan.ShareGradient(summand, y);
        }
        else if (plan.NeedsGradient(x))
        {
            plan.Contribute(summand, (dx, accumulate) => new Copy<T>(plan.GradientOf(y), dx, accumulate));
        }
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
