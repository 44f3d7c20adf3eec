using Msr.Core.Layers;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace PropertyTests.Cpu;

/// <summary>
/// A layer with a bias whose ops stand in an order that no layer of the library leaves: a plan is a list of ops, and whoever cuts it into
/// samples must take every list as it is.
/// </summary>
/// <param name="Twist">What is odd about it.</param>
internal sealed record TwistedBias(string Twist) : Layer
{
    public const string SumIsRead = "a sum is read sample by sample";
    public const string CopyOfASumIsRead = "a copy of a sum is read sample by sample";
    public const string SumIsReplaced = "a sum is written by two ops";
    public const string SumsShareElements = "two sums have some elements in common";
    public const string SumCannotBeAddedTo = "an op sums over samples and cannot add";
    public const string Chain = "what waits for a sum is waited for";
    public const string RoomIsUsedAgain = "what single samples read is overwritten later";
    public const string GradientOfTheValue = "a gradient has a part that no sample has";
    public const string FiltersFollowGradients = "filters are the gradients so far";

    protected override string Kind => "twisted";

    protected override TensorRef<T> EmitInScope<T>(PlanBuilder<T> plan, TensorRef<T> x)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Shape channels = new(x.Shape.Inner);
        ParameterTensors<T> bias = plan.Parameter("bias", ParameterKind.Bias, ParameterLayout.Same(channels), new ConstantInitializer(0.25));
        TensorRef<T>[] rooms = [.. Enumerable.Range(0, 4).Select(_ => plan.Workspace(channels))];
        if (Twist == FiltersFollowGradients)
        {
            x = EmitFilters(plan, x);
        }

        TensorRef<T> y = plan.Activation(x.Shape);
        foreach (Op<T> op in ForwardOps(x, y, bias, rooms))
        {
            plan.Forward(op);
        }

        plan.Backward(() =>
        {
            TensorRef<T> dy = plan.GradientOf(y), dx = plan.Activation(x.Shape), both = plan.Workspace(new Shape(2 * channels[0]));
            foreach (Op<T> op in BackwardOps(dy, bias, rooms, both))
            {
                plan.Emit(op);
            }

            // Single samples read something without a batch axis behind the sums, too.
            plan.Emit(new BiasAdd<T>(dy, Twist == SumIsRead ? rooms[0] : Twist == CopyOfASumIsRead ? rooms[1] : bias.Value, dx));
            plan.Contribute(x, (gradient, accumulate) => new Copy<T>(dx, gradient, accumulate));
        });
        return y;
    }

    private static TensorRef<T> EmitFilters<T>(PlanBuilder<T> plan, TensorRef<T> x)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry geometry = new(x.Shape[1], x.Shape[2], x.Shape[3], x.Shape[3], 1, 1);
        ParameterTensors<T> weight = plan.Parameter(
            "weight", ParameterKind.PointwiseKernel, ParameterLayout.Filter(geometry), new ConstantInitializer(0.5));
        TensorRef<T> filter = plan.Workspace(weight.Value.Shape), y = plan.Activation(x.Shape);
        plan.Forward(new Copy<T>(weight.Gradient, filter));
        plan.Forward(new ConvForward<T>(geometry, x, filter, y));
        plan.Backward(() =>
        {
            TensorRef<T> dy = plan.GradientOf(y);
            plan.Emit(new ConvBackwardFilter<T>(geometry, x, dy, weight.Gradient, Accumulate: true));
            plan.Contribute(x, (dx, accumulate) => new ConvBackwardData<T>(geometry, dy, weight.Value, dx, accumulate));
        });
        return y;
    }

    private IEnumerable<Op<T>> ForwardOps<T>(TensorRef<T> x, TensorRef<T> y, ParameterTensors<T> bias, TensorRef<T>[] rooms)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => Twist switch
        {
            SumCannotBeAddedTo => [new BatchNormForward<T>(x, bias.Value, bias.Value, y, rooms[0], rooms[1], rooms[2], rooms[3], 0.1, 1e-5)],
            RoomIsUsedAgain => [new Copy<T>(bias.Value, rooms[0]), new BiasAdd<T>(x, rooms[0], y)],
            _ => [new BiasAdd<T>(x, bias.Value, y)],
        };

    private IEnumerable<Op<T>> BackwardOps<T>(TensorRef<T> dy, ParameterTensors<T> bias, TensorRef<T>[] rooms, TensorRef<T> both)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        int channels = dy.Shape.Inner;
        Op<T> sum = new BiasGradient<T>(dy, bias.Gradient, Accumulate: true), apart = new BiasGradient<T>(dy, rooms[0]);
        return Twist switch
        {
            SumIsRead => [apart],
            CopyOfASumIsRead => [apart, new Copy<T>(rooms[0], rooms[1])],
            SumIsReplaced => [apart, apart],
            SumsShareElements =>
            [
                new Fill<T>(both, T.Zero),
                new BiasGradient<T>(dy, both.Slice(0, channels), Accumulate: true),
                new BiasGradient<T>(dy, both.Slice(channels / 2, channels), Accumulate: true),
            ],
            Chain =>
            [
                apart, new Copy<T>(rooms[0], rooms[1]), new Copy<T>(rooms[1], rooms[2]), new Copy<T>(rooms[2], bias.Gradient, Accumulate: true),
            ],
            RoomIsUsedAgain => [new Fill<T>(rooms[0], T.Zero), sum],
            GradientOfTheValue => [new Copy<T>(bias.Value, bias.Gradient, Accumulate: true), sum],
            _ => [sum],
        };
    }
}
