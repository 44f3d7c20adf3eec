using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>
/// Convolution [N, H, W, C] → [N, P, Q, K], with an optional scale per filter and an optional bias. With a scale the filters that convolve
/// are exp(θ_k)·w_k, made once per step.
/// </summary>
/// <param name="Channels">Output channels K.</param>
/// <param name="Size">Height and width of the filters.</param>
public sealed record Convolution(int Channels, int Size) : Layer
{
    /// <summary>Both strides.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Both dilations.</summary>
    public int Dilation { get; init; } = 1;

    /// <summary>The number of groups.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The padding mode. The padding keeps the extent at stride 1: dilation·(size − 1)/2 on each side, the larger part after.</summary>
    public PaddingMode Padding { get; init; }

    /// <summary>Whether there is a bias, started at 0.</summary>
    public bool Bias { get; init; }

    /// <summary>The start of the learnable scale per filter; null for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite and above 0: it has no logarithm.</exception>
    public double? Scale
    {
        get;
        init => field = value is null or (> 0 and < double.PositiveInfinity)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Scale), value, "The start of a filter's scale must be finite and above 0.");
    }

    /// <summary>How the filters start.</summary>
    public Initializer Initializer { get; init; } = new KernelInitializer(Centring.Slice);

    /// <inheritdoc/>
    protected override string Kind => "conv";

    /// <inheritdoc/>
    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ConvGeometry geometry = GeometryFor(x.Shape);
        ParameterKind kind = geometry.Taps > 1 ? ParameterKind.SpatialKernel : ParameterKind.PointwiseKernel;
        ParameterTensors<T> weight = plan.Parameter("weight", kind, ParameterLayout.Filter(geometry), Initializer);
        ParameterTensors<T> filter = Scale is { } scale ? EmitScale(plan, weight, scale) : weight;
        TensorRef<T> y = plan.Activation(geometry.Output(plan.BatchSize));
        plan.Forward(new ConvForward<T>(geometry, x, filter.Value, y), Bias ? null : ProbePlace.Branch);
        plan.Backward(() =>
        {
            TensorRef<T> dy = plan.GradientOf(y);
            plan.Emit(new ConvBackwardFilter<T>(geometry, x, dy, filter.Gradient, Accumulate: filter.Gradient == weight.Gradient));
            if (plan.NeedsGradient(x))
            {
                plan.Contribute(x, (dx, accumulate) => new ConvBackwardData<T>(geometry, dy, filter.Value, dx, accumulate));
            }
        });
        if (Bias)
        {
            EmitBias(plan, y);
        }

        return y;
    }

    private static ParameterTensors<T> EmitScale<T>(PlanBuilder<T> plan, ParameterTensors<T> weight, double scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Shape perFilter = new(weight.Value.Shape[0]);
        ParameterTensors<T> theta = plan.Parameter(
            "scale", ParameterKind.FilterScale, ParameterLayout.Same(perFilter), new ConstantInitializer(Math.Log(scale)));
        ParameterTensors<T> scaled = new(plan.Workspace(weight.Value.Shape), plan.Workspace(weight.Value.Shape));
        plan.Forward(new FilterScaleForward<T>(weight.Value, theta.Value, scaled.Value));
        plan.Backward(() => plan.Emit(
            new FilterScaleBackward<T>(scaled.Value, scaled.Gradient, theta.Value, weight.Gradient, theta.Gradient)));
        return scaled;
    }

    private void EmitBias<T>(PlanBuilder<T> plan, TensorRef<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTensors<T> bias = plan.Parameter("bias", ParameterKind.Bias, ParameterLayout.Same(new Shape(Channels)), new ConstantInitializer(0));
        plan.Forward(new BiasAdd<T>(y, bias.Value, y), ProbePlace.Branch);
        plan.Backward(() => plan.Emit(new BiasGradient<T>(plan.GradientOf(y), bias.Gradient, Accumulate: true)));
    }

    private ConvGeometry GeometryFor(Shape x)
    {
        if (x.Rank != 4)
        {
            throw new ShapeMismatchException(ConvForward<float>.Kind, "x", "[N, H, W, C]", x);
        }

        // What 32 bits do not hold is for the geometry to refuse.
        int room = (int)Math.Clamp((long)Dilation * (Size - 1), 0, int.MaxValue);
        Border border = new(room / 2, room / 2, room - (room / 2), room - (room / 2));
        return new ConvGeometry(x[1], x[2], x[3], Channels, Size, Size, (Stride, Stride), border, (Dilation, Dilation), Groups, Padding);
    }
}
