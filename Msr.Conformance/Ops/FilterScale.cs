using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>An op on filters [k, r, s, c] and their logarithmic scales [k].</summary>
internal abstract class FiltersEntry : OpEntry
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<Parameter> Schema { get; } =
        [new("out", 1, "filters"), .. Parameter.Pair("filter", 1, "extent of a filter"), new("in", 1, "channels of a filter")];

    /// <summary>The filters' shape.</summary>
    public static Shape Filters(ParameterSet p) => new(p["out"], p["filter.height"], p["filter.width"], p["in"]);

    /// <summary>A case of a shape.</summary>
    public OpCase Case(Shape filters) => (OpCase)Create(new CaseDescriptor(
        Kind, Set(("out", filters[0]), ("filter.height", filters[1]), ("filter.width", filters[2]), ("in", filters[3])), ValueClass.Normal, 0));

    /// <inheritdoc/>
    protected sealed override ParameterSet DrawParameters(Draws draws) =>
        Set(("out", draws.Between(1, 9)), ("filter.height", draws.Between(1, 4)), ("filter.width", draws.Between(1, 4)), ("in", draws.Channels()));

    /// <summary>A case of an op on filters.</summary>
    protected abstract class FiltersCase : OpCase
    {
        private protected FiltersCase(OpEntry entry, CaseDescriptor descriptor)
            : base(entry, descriptor) => Weights = Filters(descriptor.Parameters);

        /// <summary>The filters' shape.</summary>
        protected Shape Weights { get; }

        /// <summary>One number per filter.</summary>
        protected Shape PerFilter => new(Weights[0]);

        public sealed override bool IsExactOnIntegers => false;

        public sealed override long Flops => Weights.Length;

        public sealed override double Element(string operand, Draws draws, ValueClass values) =>
            operand == "theta" ? draws.Real(-2, 2) : base.Element(operand, draws, values);

        public sealed override double Magnitude(string operand, double value) => operand == "theta" ? value : Math.Abs(value);
    }
}

/// <summary>Filters times their exponential scales.</summary>
internal sealed class FilterScaleForwardEntry : FiltersEntry
{
    public static FilterScaleForwardEntry Instance { get; } = new();

    public override string Kind => FilterScaleForward<double>.Kind;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a scale too many", typeof(ShapeMismatchException), static () =>
        {
            HostOperands<double> at = new();
            Shape w = new(2, 3, 3, 1);
            _ = new FilterScaleForward<double>(at.Real("w", w), at.Real("theta", new Shape(3)), at.Real("weff", w));
        }),
    ];

    public override TestCase Create(CaseDescriptor descriptor) => new ForwardCase(this, descriptor);

    private sealed class ForwardCase(OpEntry entry, CaseDescriptor descriptor) : FiltersCase(entry, descriptor)
    {
        private const double Width = 1.0 / 8192;

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("w", "weff")];

        public override IReadOnlyList<GradientPair> Gradients =>
        [
            new(this, FilterScaleBackwardEntry.Instance.Case(Weights), "w", "weff", "dweff", "dw"),
            new(this, FilterScaleBackwardEntry.Instance.Case(Weights), "theta", "weff", "dweff", "dtheta")
            {
                IsLinear = false,
                Step = Width,
                Truncation = Truncation,
            },
        ];

        public override Op<T> Build<T>(IOperands<T> at) =>
            new FilterScaleForward<T>(at.Real("w", Weights), at.Real("theta", PerFilter), at.Real("weff", Weights));

        public override int Roundings(string operand) => Transcendental.Roundings + 1;

        /// <summary>L = e^θ·Σ dy·w is its own third derivative.</summary>
        private double Truncation(CaseData inputs, double[] upstream, int filter)
        {
            double[] w = inputs.Reals["w"];
            int length = w.Length / Weights[0];
            double sum = Enumerable.Range(filter * length, length).Sum(j => Math.Abs(upstream[j] * w[j]));
            return Width * Width / 6 * Math.Exp(inputs.Reals["theta"][filter] + Width) * sum;
        }
    }
}

/// <summary>Gradients of filters and of their exponential scales.</summary>
internal sealed class FilterScaleBackwardEntry : FiltersEntry
{
    public static FilterScaleBackwardEntry Instance { get; } = new();

    public override string Kind => FilterScaleBackward<double>.Kind;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a scale too many", typeof(ShapeMismatchException), static () =>
        {
            HostOperands<double> at = new();
            Shape w = new(2, 3, 3, 1);
            _ = new FilterScaleBackward<double>(
                at.Real("weff", w), at.Real("dweff", w), at.Real("theta", new Shape(3)), at.Real("dw", w), at.Real("dtheta", new Shape(2)));
        }),
    ];

    public override TestCase Create(CaseDescriptor descriptor) => new BackwardCase(this, descriptor);

    private sealed class BackwardCase(OpEntry entry, CaseDescriptor descriptor) : FiltersCase(entry, descriptor)
    {
        public override int AccumulationLength => checked((int)(Weights.Length / Weights[0]));

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dweff", "dw"), ("dweff", "dtheta")];

        public override IReadOnlyList<string> Offsets => ["dw", "dtheta"];

        public override Op<T> Build<T>(IOperands<T> at) => new FilterScaleBackward<T>(
            at.Real("weff", Weights), at.Real("dweff", Weights), at.Real("theta", PerFilter), at.Real("dw", Weights), at.Real("dtheta", PerFilter));

        public override int Roundings(string operand) => operand == "dw" ? Transcendental.Roundings + 2 : AccumulationLength + 1;
    }
}
