using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>Ops that compute each element from the same element of their inputs: every result is the correctly rounded one.</summary>
/// <param name="kind">The kind.</param>
/// <param name="accumulates">Whether the op can accumulate.</param>
/// <param name="create">Makes a case.</param>
/// <param name="errorInputs">What must be refused.</param>
internal sealed class ElementwiseEntry(string kind, bool accumulates, Func<OpEntry, CaseDescriptor, OpCase> create, params ErrorInput[] errorInputs) : RowsEntry
{
    private static readonly Shape s_six = new(2, 3);
    private static readonly Shape s_five = new(1, 5);

    public static ElementwiseEntry Fill { get; } = new(
        Fill<double>.Kind,
        accumulates: false,
        static (entry, d) => new FillCase(entry, d));

    public static ElementwiseEntry Copy { get; } = new(
        Copy<double>.Kind,
        accumulates: true,
        static (entry, d) => new CopyCase(entry, d),
        new ErrorInput("lengths that differ", typeof(ShapeMismatchException), static () => _ = new Copy<double>(Real(s_six), Real(s_five))));

    public static ElementwiseEntry Add { get; } = new(
        Add<double>.Kind,
        accumulates: false,
        static (entry, d) => new AddCase(entry, d),
        new ErrorInput("lengths that differ", typeof(ShapeMismatchException), static () => _ = new Add<double>(Real(s_six), Real(s_five), Real(s_six))));

    public static ElementwiseEntry Scale { get; } = new(
        Scale<double>.Kind,
        accumulates: false,
        static (entry, d) => new ScaleCase(entry, d),
        new ErrorInput("a factor of two elements", typeof(ShapeMismatchException), static () => _ = new Scale<double>(Real(s_six), Real(new Shape(2)))));

    public static ElementwiseEntry ReluForward { get; } = new(
        ReluForward<double>.Kind,
        accumulates: false,
        static (entry, d) => new ReluForwardCase(entry, d),
        new ErrorInput("lengths that differ", typeof(ShapeMismatchException), static () => _ = new ReluForward<double>(Real(s_six), Real(s_five))));

    public static ElementwiseEntry ReluBackward { get; } = new(
        ReluBackward<double>.Kind,
        accumulates: true,
        static (entry, d) => new ReluBackwardCase(entry, d),
        new ErrorInput("lengths that differ", typeof(ShapeMismatchException), static () => _ = new ReluBackward<double>(Real(s_six), Real(s_five), Real(s_six))));

    public override string Kind => kind;

    public override ImmutableArray<Parameter> Schema { get; } = accumulates ? [.. RowsSchema, AccumulateParameter] : RowsSchema;

    public override IReadOnlyList<Fault> Faults => ElementwiseFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs => errorInputs;

    /// <summary>A case of a shape.</summary>
    public OpCase Case(Shape shape, bool accumulate = false) => create(
        this, new CaseDescriptor(Kind, Set([.. Values(shape), .. accumulate ? [(Accumulate, 1)] : Array.Empty<(string, int)>()]), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => create(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) =>
        Set([.. DrawRows(draws), .. accumulates && draws.Between(0, 3) == 0 ? [(Accumulate, 1)] : Array.Empty<(string, int)>()]);

    private static Msr.Core.Memory.TensorRef<double> Real(Shape shape) => new HostOperands<double>().Real("x", shape);

    private abstract class ElementwiseCase(OpEntry entry, CaseDescriptor descriptor) : RowsCase(entry, descriptor)
    {
        public override string? SampleParameter => "batch";

        public sealed override int Roundings(string operand) => 0;
    }

    private sealed class FillCase(OpEntry entry, CaseDescriptor descriptor) : ElementwiseCase(entry, descriptor)
    {
        public override Op<T> Build<T>(IOperands<T> at) => new Fill<T>(at.Real("y", Rows), T.CreateChecked(2.5));
    }

    private sealed class CopyCase(OpEntry entry, CaseDescriptor descriptor) : ElementwiseCase(entry, descriptor)
    {
        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "y")];

        public override Op<T> Build<T>(IOperands<T> at) => new Copy<T>(at.Real("x", Rows), at.Real("y", Rows), Parameters.Flag(Accumulate));
    }

    private sealed class AddCase(OpEntry entry, CaseDescriptor descriptor) : ElementwiseCase(entry, descriptor)
    {
        public override Op<T> Build<T>(IOperands<T> at) => new Add<T>(at.Real("a", Rows), at.Real("b", Rows), at.Real("y", Rows));
    }

    private sealed class ScaleCase(OpEntry entry, CaseDescriptor descriptor) : ElementwiseCase(entry, descriptor)
    {
        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "x"), ("factor", "x")];

        public override bool IsPerSample(string operand) => operand == "x";

        public override bool IsSecondFactor(string operand) => operand == "factor";

        public override Op<T> Build<T>(IOperands<T> at) => new Scale<T>(at.Real("x", Rows), at.Real("factor", new Shape(1)));
    }

    private sealed class ReluForwardCase(OpEntry entry, CaseDescriptor descriptor) : ElementwiseCase(entry, descriptor)
    {
        /// <summary>Linear wherever no input is near 0.</summary>
        public override IReadOnlyList<GradientPair> Gradients =>
        [
            new(this, ElementwiseEntry.ReluBackward.Case(Rows), "x", "y", "dy", "dx")
            {
                Step = 0.5,
                AwayFromKinks = static inputs => inputs.Select(static (_, value) => value + Math.CopySign(0.5, value)),
            },
        ];

        // Any number of inputs may be negative.
        public override long StructuralZeros => Rows.Length;

        public override Op<T> Build<T>(IOperands<T> at) => new ReluForward<T>(at.Real("x", Rows), at.Real("y", Rows));
    }

    private sealed class ReluBackwardCase(OpEntry entry, CaseDescriptor descriptor) : ElementwiseCase(entry, descriptor)
    {
        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dy", "dx")];

        public override long StructuralZeros => Rows.Length;

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ReluBackward<T>(at.Real("y", Rows), at.Real("dy", Rows), at.Real("dx", Rows), Parameters.Flag(Accumulate));
    }
}

/// <summary>Wrong ReLUs and a factor that is not applied.</summary>
internal static class ElementwiseFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ReluGradientAtZero(),
        new ChangedOutput(
            "relu-swallows-nan",
            "a NaN becomes 0, as in a maximum with 0",
            static (_, _, y) => Replace(y, static value => double.IsNaN(value) ? 0 : value),
            ReluForward<double>.Kind),
        new ChangedOutput(
            "relu-loses-the-sign-of-zero",
            "−0 becomes +0",
            static (_, _, y) => Replace(y, static value => value == 0 ? 0 : value),
            ReluForward<double>.Kind),
        new ChangedInput(
            "clip-not-applied",
            "scaling by a factor leaves everything as it is",
            static operand => operand.Name == "factor",
            static (factor, _) => factor[0] = 1,
            Scale<double>.Kind),
    ];

    private static void Replace(double[] values, Converter<double, double> replace) => Array.ConvertAll(values, replace).CopyTo(values, 0);

    private sealed class ReluGradientAtZero() : Fault("relu-gradient-at-zero", "the derivative at 0 is 1", ReluBackward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double[] y = run.Read("y");
            run.PassWith((run.Operand("y"), Array.ConvertAll(y, static value => value == 0 ? 1 : value)));
        }
    }
}
