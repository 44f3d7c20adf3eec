using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The matrix product.</summary>
internal sealed class MatMulEntry : OpEntry
{
    private const int Work = 300_000;

    public static MatMulEntry Instance { get; } = new();

    public override string Kind => MatMul<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("m", 1, "rows"),
        new("l", 1, "inner extent"),
        new("n", 1, "columns"),
        new("x", 0, "1 where the left factor is transposed") { Default = 0 },
        new("y", 0, "1 where the right factor is transposed") { Default = 0 },
        AccumulateParameter,
    ];

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("inner extents that differ", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), new Shape(4, 5), new Shape(2, 5))),
        new("a product of another shape", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), new Shape(3, 5), new Shape(5, 2))),
        new("a factor of rank 1", typeof(ShapeMismatchException), static () => Build(new Shape(3), new Shape(3, 5), new Shape(1, 5))),
    ];

    /// <summary>A case of given extents.</summary>
    public OpCase Case(int m, int l, int n, bool transposeA = false, bool transposeB = false, bool accumulate = false) => new MatMulCase(this, new CaseDescriptor(
        Kind, Set(("m", m), ("l", l), ("n", n), ("x", transposeA ? 1 : 0), ("y", transposeB ? 1 : 0), (Accumulate, accumulate ? 1 : 0)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new MatMulCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws)
    {
        int m = draws.Channels(), n = draws.Channels(), l = draws.Small(1, Math.Clamp(Work / (m * n), 1, 2000));
        return Set(("m", m), ("l", l), ("n", n), ("x", draws.Between(0, 1)), ("y", draws.Between(0, 1)), (Accumulate, draws.OneOf(0, 0, 0, 1)));
    }

    private static void Build(Shape a, Shape b, Shape c)
    {
        HostOperands<double> at = new();
        _ = new MatMul<double>(at.Real("a", a), at.Real("b", b), at.Real("c", c), TransposeA: false, TransposeB: false);
    }

    private sealed class MatMulCase(OpEntry entry, CaseDescriptor descriptor) : OpCase(entry, descriptor)
    {
        private int M => Parameters["m"];

        private int L => Parameters["l"];

        private int N => Parameters["n"];

        public override bool HasStatisticalLine => true;

        public override int AccumulationLength => L;

        public override long Flops => 2L * M * L * N;

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("a", "c"), ("b", "c")];

        public override string? SampleParameter => Parameters.Flag("x") ? null : "m";

        /// <summary>dA = dC·op(B)ᵀ and dB = op(A)ᵀ·dC, where the factor itself is not transposed.</summary>
        public override IReadOnlyList<GradientPair> Gradients =>
        [
            .. Parameters.Flag("x") ? Array.Empty<GradientPair>() : [new GradientPair(this, Gradient(M, N, L, false, !Parameters.Flag("y")), "a", "c", "a", "c")],
            .. Parameters.Flag("y") ? Array.Empty<GradientPair>() : [new GradientPair(this, Gradient(L, M, N, !Parameters.Flag("x"), false), "b", "c", "b", "c")],
        ];

        public override bool IsPerSample(string operand) => operand != "b";

        public override bool IsSecondFactor(string operand) => operand == "b";

        public override Op<T> Build<T>(IOperands<T> at) => new MatMul<T>(
            at.Real("a", Parameters.Flag("x") ? new Shape(L, M) : new Shape(M, L)),
            at.Real("b", Parameters.Flag("y") ? new Shape(N, L) : new Shape(L, N)),
            at.Real("c", new Shape(M, N)),
            Parameters.Flag("x"),
            Parameters.Flag("y"),
            Parameters.Flag(Accumulate));

        public override int Roundings(string operand) => L + Parameters[Accumulate];

        private OpCase Gradient(int m, int l, int n, bool transposeA, bool transposeB) =>
            ((MatMulEntry)Entry).Case(m, l, n, transposeA, transposeB);
    }
}
