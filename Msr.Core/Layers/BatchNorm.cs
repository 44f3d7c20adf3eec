using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>
/// Batch normalisation, a baseline: the one layer whose training graph is not its test graph. Running statistics start at mean 0 and
/// variance 1.
/// </summary>
/// <param name="Momentum">What a batch counts in the running statistics.</param>
/// <param name="Epsilon">What is added to the variance.</param>
public sealed record BatchNorm(double Momentum = 0.1, double Epsilon = 1e-5) : Layer
{
    /// <inheritdoc/>
    protected override string Kind => "norm";

    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Shape channels = new(x.Shape.Inner);
        ParameterTensors<T> gamma = Vector(plan, "weight", ParameterKind.Normalization, channels, 1);
        ParameterTensors<T> beta = Vector(plan, "bias", ParameterKind.Normalization, channels, 0);
        TensorRef<T> runningMean = Vector(plan, "running_mean", ParameterKind.Statistic, channels, 0).Value;
        TensorRef<T> runningVariance = Vector(plan, "running_var", ParameterKind.Statistic, channels, 1).Value;
        TensorRef<T> mean = plan.Workspace(channels);
        TensorRef<T> variance = plan.Workspace(channels);
        TensorRef<T> y = plan.Activation(x.Shape);
        plan.ForwardInTraining(new BatchNormForward<T>(
            x, gamma.Value, beta.Value, y, mean, variance, runningMean, runningVariance, Momentum, Epsilon));
        plan.ForwardInEvaluation(new BatchNormInference<T>(x, gamma.Value, beta.Value, runningMean, runningVariance, y, Epsilon));
        plan.Backward(() => plan.ContributeWritten(x, dx => new BatchNormBackward<T>(
            x, gamma.Value, mean, variance, plan.GradientOf(y), dx, gamma.Gradient, beta.Gradient, Epsilon, FixedStatistics: false)));
        return y;
    }

    private static ParameterTensors<T> Vector<T>(PlanBuilder<T> plan, string name, ParameterKind kind, Shape shape, double start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        plan.Parameter(name, kind, ParameterLayout.Same(shape), new ConstantInitializer(start));
}
