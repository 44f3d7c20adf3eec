using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>Bias add and its gradient.</summary>
internal sealed class BiasEntry : RowsEntry
{
    private readonly bool _gradient;

    private BiasEntry(bool gradient)
    {
        _gradient = gradient;
        Schema = gradient ? [.. RowsSchema, AccumulateParameter] : RowsSchema;
    }

    public static BiasEntry Add { get; } = new(gradient: false);

    public static BiasEntry Gradient { get; } = new(gradient: true);

    public override string Kind => _gradient ? BiasGradient<double>.Kind : BiasAdd<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; }

    public override IReadOnlyList<Fault> Faults => BiasFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs =>
    [
        new("a bias of another number of channels", typeof(ShapeMismatchException), () =>
        {
            HostOperands<double> at = new();
            _ = _gradient
                ? (object)new BiasGradient<double>(at.Real("dy", new Shape(2, 3)), at.Real("db", new Shape(2)))
                : new BiasAdd<double>(at.Real("x", new Shape(2, 3)), at.Real("b", new Shape(2)), at.Real("y", new Shape(2, 3)));
        }),
    ];

    /// <summary>A case of a shape.</summary>
    public OpCase Case(Shape shape, bool accumulate = false) => (OpCase)Create(new CaseDescriptor(
        Kind, Set([.. Values(shape), .. accumulate ? [(Accumulate, 1)] : Array.Empty<(string, int)>()]), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => _gradient ? new GradientCase(this, descriptor) : new AddCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) =>
        Set([.. DrawRows(draws), .. _gradient && draws.Between(0, 3) == 0 ? [(Accumulate, 1)] : Array.Empty<(string, int)>()]);

    private sealed class AddCase(OpEntry entry, CaseDescriptor descriptor) : RowsCase(entry, descriptor)
    {
        public override IReadOnlyList<GradientPair> Gradients => [new(this, BiasEntry.Gradient.Case(Rows), "b", "y", "dy", "db")];

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("b", "y")];

        public override IReadOnlyList<string> Offsets => ["x"];

        public override string? SampleParameter => "batch";

        public override bool IsPerSample(string operand) => operand != "b";

        public override Op<T> Build<T>(IOperands<T> at) => new BiasAdd<T>(at.Real("x", Rows), at.Real("b", PerChannel), at.Real("y", Rows));

        public override int Roundings(string operand) => 0;
    }

    private sealed class GradientCase(OpEntry entry, CaseDescriptor descriptor) : RowsCase(entry, descriptor)
    {
        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dy", "db")];

        public override bool HasStatisticalLine => true;

        public override int AccumulationLength => Height;

        public override Op<T> Build<T>(IOperands<T> at) =>
            new BiasGradient<T>(at.Real("dy", Rows), at.Real("db", PerChannel), Parameters.Flag(Accumulate));

        public override int Roundings(string operand) => Height + Parameters[Accumulate];
    }
}

/// <summary>Biases that are not added, or not summed.</summary>
internal static class BiasFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedInput(
            "bias-missing",
            "the bias is not added",
            static operand => operand.Name == "b",
            static (b, _) => b.AsSpan().Clear(),
            BiasAdd<double>.Kind),
        new ChangedInput(
            "bias-of-the-next-channel",
            "each channel gets the bias of the next one",
            static operand => operand.Name == "b",
            static (b, _) => Rotate(b),
            BiasAdd<double>.Kind),
        new ChangedInput(
            "bias-gradient-misses-a-row",
            "the last row is not summed",
            static operand => operand.Name == "dy",
            static (dy, shape) => dy.AsSpan(dy.Length - shape.Inner).Clear(),
            BiasGradient<double>.Kind),
    ];

    private static void Rotate(double[] values)
    {
        double first = values[0];
        values.AsSpan(1).CopyTo(values);
        values[^1] = first;
    }
}
