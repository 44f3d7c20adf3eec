using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of softmax cross-entropy and of the count of correct samples.</summary>
internal static class LossCases
{
    public static OpCase Forward(int n, int k, double smoothing) => new ForwardCase(n, k, smoothing);

    public static OpCase Backward(int n, int k, double smoothing) => new BackwardCase(n, k, smoothing);

    public static OpCase CountCorrect(int n, int k) => new CountCorrectCase(n, k);

    private abstract class LabelledCase(int n, int k) : OpCase
    {
        protected int N => n;

        protected int K => k;

        public sealed override bool IsExactOnIntegers => false;

        public sealed override int[] Indices(string operand, Shape shape, Draws draws)
        {
            int[] labels = new int[n];
            for (int i = 0; i < n; i++)
            {
                labels[i] = draws.Between(0, k - 1);
            }

            return labels;
        }
    }

    private sealed class ForwardCase(int n, int k, double smoothing) : LabelledCase(n, k)
    {
        public override string Text => $"{LossForward<double>.Kind} n{N}k{K} smoothing {smoothing}";

        public override Op<T> Build<T>(IOperands<T> at) => new LossForward<T>(
            at.Real("logits", new Shape(N, K)), at.Integer("labels", new Shape(N)), at.Real("loss", new Shape(N)), smoothing);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[N];
            for (int i = 0; i < N; i++)
            {
                bound[i] = new SoftmaxBounds(truth.Input("logits").AsSpan(i * K, K), rounding).Loss(truth.Indices("labels")[i], smoothing);
            }

            return bound;
        }
    }

    private sealed class BackwardCase(int n, int k, double smoothing) : LabelledCase(n, k)
    {
        public override string Text => $"{LossBackward<double>.Kind} n{N}k{K} smoothing {smoothing}";

        public override Op<T> Build<T>(IOperands<T> at) => new LossBackward<T>(
            at.Real("logits", new Shape(N, K)),
            at.Integer("labels", new Shape(N)),
            at.Real("scale", new Shape(1)),
            at.Real("dlogits", new Shape(N, K)),
            smoothing);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[N * K];
            for (int i = 0; i < bound.Length; i++)
            {
                SoftmaxBounds softmax = new(truth.Input("logits").AsSpan(i / K * K, K), rounding);
                bound[i] = Math.Abs(truth.Input("scale")[0]) * softmax.Gradient(i % K, i % K == truth.Indices("labels")[i / K], smoothing);
            }

            return bound;
        }
    }

    private sealed class CountCorrectCase(int n, int k) : LabelledCase(n, k)
    {
        public override string Text => $"{CountCorrect<double>.Kind} n{N}k{K}";

        public override Op<T> Build<T>(IOperands<T> at) => new CountCorrect<T>(
            at.Real("logits", new Shape(N, K)), at.Integer("labels", new Shape(N)), at.Integer("count", new Shape(1)));
    }
}
