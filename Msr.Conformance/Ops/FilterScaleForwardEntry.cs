using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

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
