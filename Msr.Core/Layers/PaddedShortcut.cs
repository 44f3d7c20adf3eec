using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>
/// Parameter-free shortcut to fewer pixels and more channels (option A of He et al. 2015): sub-sampled, or averaged over stride×stride
/// windows, and padded with zero channels.
/// </summary>
/// <param name="Channels">Output channels K.</param>
/// <param name="Stride">Both strides.</param>
/// <param name="Average">Whether windows are averaged. A sub-sampled shortcut throws away the low-pass that centred kernels reject.</param>
public sealed record PaddedShortcut(int Channels, int Stride, bool Average = true) : Layer
{
    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (x.Shape.Rank != 4)
        {
            throw new ShapeMismatchException(ShortcutForward<T>.Kind, "x", "[N, H, W, C]", x.Shape);
        }

        ShortcutGeometry geometry = new(x.Shape[1], x.Shape[2], x.Shape[3], Channels, Stride, Average);
        TensorRef<T> y = plan.Activation(geometry.Output(plan.BatchSize));
        plan.Forward(new ShortcutForward<T>(geometry, x, y));
        if (plan.NeedsGradient(x))
        {
            plan.Backward(() => plan.Contribute(x, (dx, accumulate) => new ShortcutBackward<T>(geometry, plan.GradientOf(y), dx, accumulate)));
        }

        return y;
    }
}
