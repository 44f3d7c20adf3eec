using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops.Loss;

/// <summary>An op on logits [n, k] and labels [n].</summary>
internal abstract class LabelledEntry : OpEntry
{
    /// <summary>The key of the smoothing.</summary>
    protected const string SmoothingKey = "smoothing";

    /// <summary>Logits beyond 2¹⁷ or so leave the range of the bound on e^a, u·|a| ≤ 0.01.</summary>
    public sealed override ImmutableArray<ValueClass> ValueClasses { get; } =
        [ValueClass.Normal, ValueClass.Normal, ValueClass.Common, ValueClass.Zeros, ValueClass.Ties, ValueClass.Denormals, ValueClass.Integers];

    /// <summary>Samples and classes.</summary>
    protected static ImmutableArray<Parameter> LabelledSchema { get; } = [new("batch", 1, "samples"), new("classes", 1, "classes")];

    /// <summary>Label smoothing in thousandths.</summary>
    protected static Parameter Smoothing { get; } = new(SmoothingKey, 0, "label smoothing") { Default = 0, Denominator = 1000 };

    /// <summary>The smoothing of a set of parameters.</summary>
    protected static double SmoothingOf(ParameterSet p) => p.Fraction(SmoothingKey);

    /// <summary>Draws n and k.</summary>
    protected static (string, int)[] DrawExtents(Draws draws) => [("batch", draws.Between(1, 20)), ("classes", draws.Small(1, 40))];

    /// <summary>The descriptor of given extents.</summary>
    protected CaseDescriptor Describe(int n, int k, int smoothing) =>
        new(Kind, Set(("batch", n), ("classes", k), (SmoothingKey, smoothing)), ValueClass.Normal, 0);
}

/// <summary>A case of an op on logits and labels.</summary>
internal abstract class LabelledCase : OpCase
{
    private protected LabelledCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor) => (N, K) = (descriptor.Parameters["batch"], descriptor.Parameters["classes"]);

    /// <summary>Samples.</summary>
    public int N { get; }

    /// <summary>Classes.</summary>
    public int K { get; }

    public sealed override bool IsExactOnIntegers => false;

    public sealed override int AccumulationLength => K;

    public sealed override long Flops => 4L * N * K;

    // A loss of one class is 0, and so is its gradient.
    public override long StructuralZeros => K == 1 ? (long)N * K : 0;

    public sealed override int Index(string operand, int index, Draws draws) => draws.Between(0, K - 1);
}

/// <summary>Softmax cross-entropy.</summary>
internal sealed class LossForwardEntry : LabelledEntry
{
    public static LossForwardEntry Instance { get; } = new();

    public override string Kind => LossForward<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } = [.. LabelledSchema, Smoothing];

    public override IReadOnlyList<Fault> Faults => LossFaults.All;

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

        public override string? SampleParameter => "batch";

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

/// <summary>The gradient of softmax cross-entropy.</summary>
internal sealed class LossBackwardEntry : LabelledEntry
{
    public static LossBackwardEntry Instance { get; } = new();

    public override string Kind => LossBackward<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } = [.. LabelledSchema, Smoothing];

    public override IReadOnlyList<Fault> Faults => LossFaults.All;

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
        public override string? SampleParameter => "batch";

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

/// <summary>The count of correct samples.</summary>
internal sealed class CountCorrectEntry : LabelledEntry
{
    public static CountCorrectEntry Instance { get; } = new();

    public override string Kind => CountCorrect<double>.Kind;

    public override ImmutableArray<Parameter> Schema => LabelledSchema;

    public override IReadOnlyList<Fault> Faults => LossFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("labels of another batch", typeof(ShapeMismatchException), static () =>
        {
            HostOperands<double> at = new();
            _ = new CountCorrect<double>(at.Real("logits", new Shape(2, 3)), at.Integer("labels", new Shape(3)), at.Integer("count", new Shape(1)));
        }),
    ];

    /// <summary>A case of given extents.</summary>
    public OpCase Case(int n, int k) => new CountCase(this, new CaseDescriptor(Kind, Set(("batch", n), ("classes", k)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new CountCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(("batch", draws.Between(1, 60)), ("classes", draws.Between(1, 5)));

    private sealed class CountCase(OpEntry entry, CaseDescriptor descriptor) : LabelledCase(entry, descriptor)
    {
        public override long StructuralZeros => 1;

        public override Op<T> Build<T>(IOperands<T> at) => new CountCorrect<T>(
            at.Real("logits", new Shape(N, K)), at.Integer("labels", new Shape(N)), at.Integer("count", new Shape(1)));
    }
}
