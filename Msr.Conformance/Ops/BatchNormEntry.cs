using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The three ops of batch normalisation; ε is 10⁻ᵉ.</summary>
/// <param name="kind">The kind.</param>
/// <param name="own">Parameters beside the rows and ε.</param>
/// <param name="create">Makes a case.</param>
/// <param name="draw">Draws the own parameters.</param>
internal sealed class BatchNormEntry(
    string kind, ImmutableArray<Parameter> own, Func<OpEntry, CaseDescriptor, OpCase> create, Func<Draws, (string, int)[]> draw) : RowsEntry
{
    public static BatchNormEntry Forward { get; } = new(
        BatchNormForward<double>.Kind,
        [new("m", 1, "momentum in hundredths") { Default = 10 }],
        static (entry, d) => new BatchNormForwardCase(entry, d),
        static draws => [("m", draws.OneOf(10, 25, 100))]);

    public static BatchNormEntry Backward { get; } = new(
        BatchNormBackward<double>.Kind,
        [new("f", 0, "1 where the statistics are fixed") { Default = 0 }],
        static (entry, d) => new BatchNormBackwardCase(entry, d),
        static draws => [("f", draws.Between(0, 1))]);

    public static BatchNormEntry Inference { get; } = new(
        BatchNormInference<double>.Kind, [], static (entry, d) => new BatchNormInferenceCase(entry, d), static _ => []);

    public override string Kind => kind;

    public override ImmutableArray<Parameter> Schema { get; } = [.. RowsSchema, new("e", 1, "ε as a negative power of 10") { Default = 5 }, .. own];

    /// <summary>Exponents of 2²⁰ leave no digit of a variance; one row of the others has no variance to speak of.</summary>
    public override ImmutableArray<ValueClass> ValueClasses { get; } =
        [ValueClass.Normal, ValueClass.Normal, ValueClass.Normal, ValueClass.Common, ValueClass.Zeros, ValueClass.Ties];

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a scale of another number of channels", typeof(ShapeMismatchException), static () => Infer(new Shape(4, 3), 2, 1e-5)),
        new("an ε of 0", typeof(ArgumentOutOfRangeException), static () => Infer(new Shape(4, 3), 3, 0)),
    ];

    /// <summary>A case of a shape, ε = 10⁻ᵉ.</summary>
    public OpCase Case(Shape shape, int e = 5, params IReadOnlyList<(string, int)> others) => create(
        this, new CaseDescriptor(Kind, Set([.. Values(shape), ("e", e), .. others]), ValueClass.Normal, 0));

    /// <summary>A case whose ε and momentum are not of the grid of texts, such as those of outside cases.</summary>
    public OpCase Case(Shape shape, double epsilon, double momentum = 0.1, bool fixedStatistics = false)
    {
        (string, int)[] flag = Schema.Any(static parameter => parameter.Key == "f") ? [("f", fixedStatistics ? 1 : 0)] : [];
        BatchNormCase made = (BatchNormCase)create(this, new CaseDescriptor(Kind, Set([.. Values(shape), .. flag]), ValueClass.Normal, 0));
        (made.Epsilon, made.Momentum) = (epsilon, momentum);
        return made;
    }

    public override TestCase Create(CaseDescriptor descriptor) => create(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set([.. DrawRows(draws), ("e", draws.OneOf(3, 5)), .. draw(draws)]);

    private static void Infer(Shape x, int channels, double epsilon)
    {
        HostOperands<double> at = new();
        Shape c = new(x.Inner);
        _ = new BatchNormInference<double>(
            at.Real("x", x), at.Real("gamma", new Shape(channels)), at.Real("beta", c), at.Real("runningMean", c), at.Real("runningVariance", c), at.Real("y", x), epsilon);
    }
}
