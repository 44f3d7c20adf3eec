using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>Maximum over windows, [N, H, W, C] → [N, P, Q, C].</summary>
/// <param name="Window">Height and width of the windows; 0 for the whole plane.</param>
/// <param name="Stride">Both strides; 0 for the window.</param>
public sealed record MaxPool(int Window, int Stride = 0) : Layer
{
    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PoolGeometry geometry = MeanPool.GeometryFor(x.Shape, Window, Stride);
        TensorRef<T> y = plan.Activation(geometry.Output(plan.BatchSize));
        TensorRef<int> argmax = plan.IntegerActivation(y.Shape);
        plan.Forward(new MaxPoolForward<T>(geometry, x, y, argmax));
        if (plan.NeedsGradient(x))
        {
            plan.Backward(() => plan.Contribute(
                x, (dx, accumulate) => new MaxPoolBackward<T>(geometry, plan.GradientOf(y), argmax, dx, accumulate)));
        }

        return y;
    }
}

/// <summary>Mean over windows, [N, H, W, C] → [N, P, Q, C].</summary>
/// <param name="Window">Height and width of the windows; 0 for the whole plane (global pooling).</param>
/// <param name="Stride">Both strides; 0 for the window.</param>
public sealed record MeanPool(int Window = 0, int Stride = 0) : Layer
{
    internal static PoolGeometry GeometryFor(Shape x, int window, int stride)
    {
        if (x.Rank != 4)
        {
            throw new ShapeMismatchException("pool", "x", "[N, H, W, C]", x);
        }

        int step = stride == 0 ? window : stride;
        return window == 0
            ? PoolGeometry.Global(x[1], x[2], x[3])
            : new PoolGeometry(x[1], x[2], x[3], (window, window), (step, step));
    }

    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PoolGeometry geometry = GeometryFor(x.Shape, Window, Stride);
        TensorRef<T> y = plan.Activation(geometry.Output(plan.BatchSize));
        plan.Forward(new MeanPoolForward<T>(geometry, x, y));
        if (plan.NeedsGradient(x))
        {
            plan.Backward(() => plan.Contribute(x, (dx, accumulate) => new MeanPoolBackward<T>(geometry, plan.GradientOf(y), dx, accumulate)));
        }

        return y;
    }
}
