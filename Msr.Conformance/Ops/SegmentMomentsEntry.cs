using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>Means and mean squares per channel.</summary>
internal sealed class SegmentMomentsEntry : RowsEntry
{
    public static SegmentMomentsEntry Instance { get; } = new();

    public override string Kind => SegmentMoments<double>.Kind;

    public override ImmutableArray<Parameter> Schema => RowsSchema;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("means of another number of channels", typeof(ShapeMismatchException), static () =>
        {
            HostOperands<double> at = new();
            _ = new SegmentMoments<double>(at.Real("x", new Shape(2, 3)), at.Real("mean", new Shape(2)), at.Real("square", new Shape(3)));
        }),
    ];

    /// <summary>A case of a shape.</summary>
    public OpCase Case(Shape shape) => new MomentsCase(this, new CaseDescriptor(Kind, Set(Values(shape)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new MomentsCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(DrawRows(draws));

    private sealed class MomentsCase(OpEntry entry, CaseDescriptor descriptor) : RowsCase(entry, descriptor)
    {
        public override bool IsExactOnIntegers => false;

        public override int AccumulationLength => Height;

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "mean")];

        public override Op<T> Build<T>(IOperands<T> at) =>
            new SegmentMoments<T>(at.Real("x", Rows), at.Real("mean", PerChannel), at.Real("square", PerChannel));

        public override int Roundings(string operand) => Height + (operand == "mean" ? 1 : 2);
    }
}
