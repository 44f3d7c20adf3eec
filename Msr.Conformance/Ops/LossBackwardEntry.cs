using System.Collections.Immutable;
using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The gradient of softmax cross-entropy.</summary>
internal sealed class LossBackwardEntry : LabelledEntry
{
    public static LossBackwardEntry Instance { get; } = new();

    public override string Kind => LossBackward<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } = [.. LabelledSchema, Smoothing];

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a scale of two elements", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), 2, 2)),
        new("labels of another batch", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), 3, 1)),
    ];

    /// <summary>A case of given extents; the smoothing in thousandths.</summary>
    public OpCase Case(int n, int k, int smoothing = 0) => new BackwardCase(this, Describe(n, k, smoothing));

    public override TestCase Create(CaseDescriptor descriptor) => new BackwardCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) =>
        Set([.. DrawExtents(draws), (SmoothingKey, draws.OneOf(0, 100, 500))]);

    private static void Build(Shape logits, int labels, int scales)
    {
        HostOperands<double> at = new();
        _ = new LossBackward<double>(
            at.Real("logits", logits), at.Integer("labels", new Shape(labels)), at.Real("scale", new Shape(scales)), at.Real("dlogits", logits), 0);
    }

    private sealed class BackwardCase(OpEntry entry, CaseDescriptor descriptor) : LabelledCase(entry, descriptor)
    {
        public override string? SampleParameter => "n";

        public override bool IsPerSample(string operand) => operand != "scale";

        public override Op<T> Build<T>(IOperands<T> at) => new LossBackward<T>(
            at.Real("logits", new Shape(N, K)),
            at.Integer("labels", new Shape(N)),
            at.Real("scale", new Shape(1)),
            at.Real("dlogits", new Shape(N, K)),
            SmoothingOf(Parameters));

        public override double Element(string operand, Draws draws, ValueClass values) =>
            operand == "scale" ? draws.Real(0.001, 2) : base.Element(operand, draws, values);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[N * K];
            double scale = truth.Input("scale")[0];
            for (int row = 0; row < N; row++)
            {
                SoftmaxBounds softmax = new(truth.Input("logits").AsSpan(row * K, K), rounding);
                for (int k = 0; k < K; k++)
                {
                    bound[(row * K) + k] = softmax.Gradient(k, k == truth.Indices("labels")[row], SmoothingOf(Parameters), scale);
                }
            }

            return bound;
        }
    }
}
