using System.Collections.Immutable;
using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>Softmax cross-entropy.</summary>
internal sealed class LossForwardEntry : LabelledEntry
{
    public static LossForwardEntry Instance { get; } = new();

    public override string Kind => LossForward<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } = [.. LabelledSchema, Smoothing];

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("labels of another batch", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), 3, 2, 0)),
        new("losses of another batch", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), 2, 3, 0)),
        new("a smoothing of 1", typeof(ArgumentOutOfRangeException), static () => Build(new Shape(2, 3), 2, 2, 1)),
    ];

    /// <summary>A case of given extents; the smoothing in thousandths.</summary>
    public OpCase Case(int n, int k, int smoothing = 0) => new ForwardCase(this, Describe(n, k, smoothing));

    public override TestCase Create(CaseDescriptor descriptor) => new ForwardCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) =>
        Set([.. DrawExtents(draws), (SmoothingKey, draws.OneOf(0, 100, 500))]);

    private static void Build(Shape logits, int labels, int losses, double smoothing)
    {
        HostOperands<double> at = new();
        _ = new LossForward<double>(at.Real("logits", logits), at.Integer("labels", new Shape(labels)), at.Real("loss", new Shape(losses)), smoothing);
    }

    private sealed class ForwardCase(OpEntry entry, CaseDescriptor descriptor) : LabelledCase(entry, descriptor)
    {
        private const double Width = 1.0 / 8192;

        /// <summary>log Σ exp has along one logit the third derivative p·(1 − p)·(1 − 2p), at most 1/(6·√3); the targets are linear.</summary>
        public override IReadOnlyList<GradientPair> Gradients =>
        [
            new(this, LossBackwardEntry.Instance.Case(N, K, Parameters[SmoothingKey]), "logits", "loss", "scale", "dlogits")
            {
                IsLinear = false,
                Step = Width,
                Truncation = static (_, weights, _) => Width * Width / 6 * 0.0963 * Math.Abs(weights[0]),
            },
        ];

        public override string? SampleParameter => "n";

        public override Op<T> Build<T>(IOperands<T> at) => new LossForward<T>(
            at.Real("logits", new Shape(N, K)), at.Integer("labels", new Shape(N)), at.Real("loss", new Shape(N)), SmoothingOf(Parameters));

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[N];
            for (int i = 0; i < N; i++)
            {
                SoftmaxBounds softmax = new(truth.Input("logits").AsSpan(i * K, K), rounding);
                bound[i] = softmax.Loss(truth.Indices("labels")[i], SmoothingOf(Parameters));
            }

            return bound;
        }
    }
}
