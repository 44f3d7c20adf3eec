using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

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
