using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
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

    public override IReadOnlyList<Fault> Faults => ReductionFaults.All;

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

/// <summary>Sums of squares per row.</summary>
internal sealed class SquaredNormsEntry : OpEntry
{
    public static SquaredNormsEntry Instance { get; } = new();

    public override string Kind => SquaredNorms<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } = [new("rows", 1, "rows"), new("length", 1, "length")];

    public override IReadOnlyList<Fault> Faults => ReductionFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a sum too many", typeof(ShapeMismatchException), static () =>
        {
            HostOperands<double> at = new();
            _ = new SquaredNorms<double>(at.Real("x", new Shape(2, 3)), at.Real("y", new Shape(3)));
        }),
    ];

    /// <summary>A case of given extents.</summary>
    public OpCase Case(int rows, int length) => new NormsCase(this, new CaseDescriptor(Kind, Set(("rows", rows), ("length", length)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new NormsCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(("rows", draws.Between(1, 20)), ("length", draws.Small(1, 600)));

    private sealed class NormsCase(OpEntry entry, CaseDescriptor descriptor) : OpCase(entry, descriptor)
    {
        private int R => Parameters["rows"];

        private int L => Parameters["length"];

        public override int AccumulationLength => L;

        public override long Flops => 2L * R * L;

        public override Op<T> Build<T>(IOperands<T> at) => new SquaredNorms<T>(at.Real("x", new Shape(R, L)), at.Real("y", new Shape(R)));

        public override int Roundings(string operand) => L;
    }
}

/// <summary>Sums that miss something, or are of something else.</summary>
internal static class ReductionFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedInput(
            "norms-miss-the-last",
            "the last element of each row is not squared and summed",
            static operand => operand.Name == "x",
            static (x, shape) => ClearLast(x, shape.Inner),
            SquaredNorms<double>.Kind),
        new MomentsCentred(),
    ];

    private static void ClearLast(double[] values, int row)
    {
        for (int i = row - 1; i < values.Length; i += row)
        {
            values[i] = 0;
        }
    }

    private sealed class MomentsCentred() : Fault("moments-centred", "the mean square is taken around the mean", SegmentMoments<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            double[] mean = run.Read("mean"), square = run.Read("square");
            run.Write("square", [.. square.Select((value, c) => value - (mean[c] * mean[c]))]);
        }
    }
}
