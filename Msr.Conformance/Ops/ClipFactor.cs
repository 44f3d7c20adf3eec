using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The factor that clips a gradient.</summary>
internal sealed class ClipFactorEntry : OpEntry
{
    public static ClipFactorEntry Instance { get; } = new();

    public override string Kind => ClipFactor<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } = [new("limit", 1, "largest norm") { Denominator = 8 }];

    /// <summary>The squared norm is drawn round the limit, whatever the class.</summary>
    public override ImmutableArray<ValueClass> ValueClasses { get; } = [ValueClass.Normal];

    public override IReadOnlyList<Fault> Faults => ClipFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("two squared norms", typeof(ShapeMismatchException), static () => Build(2, 1)),
        new("a limit of 0", typeof(ArgumentOutOfRangeException), static () => Build(1, 0)),
        new("a limit that is no number", typeof(ArgumentOutOfRangeException), static () => Build(1, double.NaN)),
    ];

    /// <summary>A case of a limit, in eighths.</summary>
    public OpCase Case(int eighths) => new ClipCase(this, new CaseDescriptor(Kind, Set(("limit", eighths)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new ClipCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(("limit", draws.Between(1, 50)));

    private static void Build(int norms, double limit)
    {
        HostOperands<double> at = new();
        _ = new ClipFactor<double>(at.Real("squaredNorm", new Shape(norms)), at.Real("factor", new Shape(1)), limit);
    }

    private sealed class ClipCase(OpEntry entry, CaseDescriptor descriptor) : OpCase(entry, descriptor)
    {
        private double Limit => Parameters.Fraction("limit");

        public override bool IsExactOnIntegers => false;

        public override long Flops => 3;

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ClipFactor<T>(at.Real("squaredNorm", new Shape(1)), at.Real("factor", new Shape(1)), Limit);

        public override double Element(string operand, Draws draws, ValueClass values) => draws.Real(0, 4 * Limit * Limit);

        public override int Roundings(string operand) => 4;
    }
}

/// <summary>Wrong clipping.</summary>
internal static class ClipFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedOutput(
            "clip-hides-nan",
            "a norm that is NaN gives a factor of 1",
            static (_, _, factor) => factor[0] = double.IsNaN(factor[0]) ? 1 : factor[0],
            ClipFactor<double>.Kind),
        new ClipAlways(),
        new ChangedOutput(
            "clip-by-squared-norm",
            "the limit is divided by the squared norm",
            static (before, _, factor) => factor[0] = factor[0] < 1 ? factor[0] / Math.Sqrt(before("squaredNorm")[0]) : factor[0],
            ClipFactor<double>.Kind),
    ];

    private sealed class ClipAlways() : Fault("clip-always", "norms below the limit are scaled up to it", ClipFactor<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double norm = Math.Sqrt(run.Read("squaredNorm")[0]);
            run.Write("factor", [norm == 0 ? 1 : ((ClipFactor<T>)run.Op).Limit / norm]);
        }
    }
}
