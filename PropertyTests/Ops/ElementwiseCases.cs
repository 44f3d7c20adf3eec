using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of the ops that compute each element from the same element of their inputs: every result is the correctly rounded one.</summary>
internal static class ElementwiseCases
{
    public static OpCase Fill(Shape shape) => new FillCase(shape);

    public static OpCase Copy(Shape shape, bool accumulate = false) => new CopyCase(shape, accumulate);

    public static OpCase Add(Shape shape) => new AddCase(shape);

    public static OpCase Scale(Shape shape) => new ScaleCase(shape);

    public static OpCase ReluForward(Shape shape) => new ReluForwardCase(shape);

    public static OpCase ReluBackward(Shape shape, bool accumulate = false) => new ReluBackwardCase(shape, accumulate);

    private abstract class ElementwiseCase : OpCase
    {
        public sealed override int Roundings(string operand) => 0;
    }

    private sealed class FillCase(Shape shape) : ElementwiseCase
    {
        public override string Text => $"{Fill<double>.Kind} {shape}";

        public override Op<T> Build<T>(IOperands<T> at) => new Fill<T>(at.Real("y", shape), T.CreateChecked(2.5));
    }

    private sealed class CopyCase(Shape shape, bool accumulate) : ElementwiseCase
    {
        public override string Text => $"{Copy<double>.Kind} {shape}{(accumulate ? " accumulating" : "")}";

        public override OpCase? Accumulating => new CopyCase(shape, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) => new Copy<T>(at.Real("x", shape), at.Real("y", shape), accumulate);
    }

    private sealed class AddCase(Shape shape) : ElementwiseCase
    {
        public override string Text => $"{Add<double>.Kind} {shape}";

        public override Op<T> Build<T>(IOperands<T> at) => new Add<T>(at.Real("a", shape), at.Real("b", shape), at.Real("y", shape));
    }

    private sealed class ScaleCase(Shape shape) : ElementwiseCase
    {
        public override string Text => $"{Scale<double>.Kind} {shape}";

        public override Op<T> Build<T>(IOperands<T> at) => new Scale<T>(at.Real("x", shape), at.Real("factor", new Shape(1)));
    }

    private sealed class ReluForwardCase(Shape shape) : ElementwiseCase
    {
        public override string Text => $"{ReluForward<double>.Kind} {shape}";

        public override Op<T> Build<T>(IOperands<T> at) => new ReluForward<T>(at.Real("x", shape), at.Real("y", shape));
    }

    private sealed class ReluBackwardCase(Shape shape, bool accumulate) : ElementwiseCase
    {
        public override string Text => $"{ReluBackward<double>.Kind} {shape}{(accumulate ? " accumulating" : "")}";

        public override OpCase? Accumulating => new ReluBackwardCase(shape, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ReluBackward<T>(at.Real("y", shape), at.Real("dy", shape), at.Real("dx", shape), accumulate);
    }
}
