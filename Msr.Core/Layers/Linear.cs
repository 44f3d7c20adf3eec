using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>
/// Linear layer with bias, y = x·wᵀ + b: [N, in] → [N, out]. Planes [N, H, W, C] are flattened; in exchange layout their columns are in
/// (c, h, w) order, as other frameworks have them.
/// </summary>
/// <param name="Outputs">The number of outputs.</param>
public sealed record Linear(int Outputs) : Layer
{
    /// <summary>How the weights start.</summary>
    public Initializer Initializer { get; init; } = new XavierInitializer();

    /// <inheritdoc/>
    protected override string Kind => "linear";

    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int inputs = checked((int)(x.Length / x.Shape[0]));
        TensorRef<T> flat = x.As(new Shape(x.Shape[0], inputs));
        ParameterLayout layout = x.Shape.Rank == 4
            ? ParameterLayout.Flattened(Outputs, x.Shape[1], x.Shape[2], x.Shape[3])
            : ParameterLayout.Same(new Shape(Outputs, inputs));
        ParameterTensors<T> weight = plan.Parameter("weight", ParameterKind.LinearWeight, layout, Initializer);
        ParameterTensors<T> bias = plan.Parameter("bias", ParameterKind.Bias, ParameterLayout.Same(new Shape(Outputs)), new ConstantInitializer(0));
        TensorRef<T> y = plan.Activation(new Shape(plan.BatchSize, Outputs));
        plan.Forward(new MatMul<T>(flat, weight.Value, y, TransposeA: false, TransposeB: true));
        plan.Forward(new BiasAdd<T>(y, bias.Value, y));
        plan.Backward(() =>
        {
            TensorRef<T> dy = plan.GradientOf(y);
            plan.Emit(new BiasGradient<T>(dy, bias.Gradient, Accumulate: true));
            plan.Emit(new MatMul<T>(dy, flat, weight.Gradient, TransposeA: true, TransposeB: false, Accumulate: true));
            if (plan.NeedsGradient(x))
            {
                plan.Contribute(flat, (dx, accumulate) => new MatMul<T>(dy, weight.Value, dx, TransposeA: false, TransposeB: false, accumulate));
            }
        });
        return y;
    }
}
