using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Faults;
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
        new("rows", 1, "rows"),
        new("inner", 1, "inner extent"),
        new("columns", 1, "columns"),
        Parameter.Flag("transpose.left", "whether the left factor is transposed"),
        Parameter.Flag("transpose.right", "whether the right factor is transposed"),
        AccumulateParameter,
    ];

    public override IReadOnlyList<Fault> Faults => MatMulFaults.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("inner extents that differ", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), new Shape(4, 5), new Shape(2, 5))),
        new("a product of another shape", typeof(ShapeMismatchException), static () => Build(new Shape(2, 3), new Shape(3, 5), new Shape(5, 2))),
        new("a factor of rank 1", typeof(ShapeMismatchException), static () => Build(new Shape(3), new Shape(3, 5), new Shape(1, 5))),
    ];

    /// <summary>A case of given extents.</summary>
    public OpCase Case(int m, int l, int n, bool transposeA = false, bool transposeB = false, bool accumulate = false) => new MatMulCase(this, new CaseDescriptor(
        Kind, Set(("rows", m), ("inner", l), ("columns", n), ("transpose.left", transposeA ? 1 : 0), ("transpose.right", transposeB ? 1 : 0), (Accumulate, accumulate ? 1 : 0)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new MatMulCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws)
    {
        int m = draws.Channels(), n = draws.Channels(), l = draws.Small(1, Math.Clamp(Work / (m * n), 1, 2000));
        return Set(("rows", m), ("inner", l), ("columns", n), ("transpose.left", draws.Between(0, 1)), ("transpose.right", draws.Between(0, 1)), (Accumulate, draws.OneOf(0, 0, 0, 1)));
    }

    private static void Build(Shape a, Shape b, Shape c)
    {
        HostOperands<double> at = new();
        _ = new MatMul<double>(at.Real("a", a), at.Real("b", b), at.Real("c", c), TransposeA: false, TransposeB: false);
    }

    private sealed class MatMulCase(OpEntry entry, CaseDescriptor descriptor) : OpCase(entry, descriptor)
    {
        private int M => Parameters["rows"];

        private int L => Parameters["inner"];

        private int N => Parameters["columns"];

        public override bool HasStatisticalLine => true;

        public override int AccumulationLength => L;

        public override long Flops => 2L * M * L * N;

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("a", "c"), ("b", "c")];

        public override string? SampleParameter => Parameters.Flag("transpose.left") ? null : "rows";

        /// <summary>dA = dC·op(B)ᵀ and dB = op(A)ᵀ·dC, where the factor itself is not transposed.</summary>
        public override IReadOnlyList<GradientPair> Gradients =>
        [
            .. Parameters.Flag("transpose.left") ? Array.Empty<GradientPair>() : [new GradientPair(this, Gradient(M, N, L, false, !Parameters.Flag("transpose.right")), "a", "c", "a", "c")],
            .. Parameters.Flag("transpose.right") ? Array.Empty<GradientPair>() : [new GradientPair(this, Gradient(L, M, N, !Parameters.Flag("transpose.left"), false), "b", "c", "b", "c")],
        ];

        public override bool IsPerSample(string operand) => operand != "b";

        public override bool IsSecondFactor(string operand) => operand == "b";

        public override Op<T> Build<T>(IOperands<T> at) => new MatMul<T>(
            at.Real("a", Parameters.Flag("transpose.left") ? new Shape(L, M) : new Shape(M, L)),
            at.Real("b", Parameters.Flag("transpose.right") ? new Shape(N, L) : new Shape(L, N)),
            at.Real("c", new Shape(M, N)),
            Parameters.Flag("transpose.left"),
            Parameters.Flag("transpose.right"),
            Parameters.Flag(Accumulate));

        public override int Roundings(string operand) => L + Parameters[Accumulate];

        private OpCase Gradient(int m, int l, int n, bool transposeA, bool transposeB) =>
            ((MatMulEntry)Entry).Case(m, l, n, transposeA, transposeB);
    }
}

/// <summary>Wrong indices in matrix products.</summary>
internal static class MatMulFaults
{
    public static IReadOnlyList<Fault> All { get; } = [new TransposeIgnored(), new ShortInnerLoop()];

    private sealed class TransposeIgnored() : Fault("transpose-ignored", "a transposed left factor is read as if it were not", MatMul<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            MatMul<T> op = (MatMul<T>)run.Op;
            Shape plain = op.TransposeA ? new Shape(op.A.Shape[1], op.A.Shape[0]) : op.A.Shape;
            run.Run(new MatMul<T>(op.A.As(plain), op.B, op.C, TransposeA: false, op.TransposeB, op.Accumulate));
        }
    }

    private sealed class ShortInnerLoop() : Fault("short-inner-loop", "a matrix product leaves out the last element of its inner extent", MatMul<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            MatMul<T> op = (MatMul<T>)run.Op;
            double[] a = run.Read("a");
            int inner = op.A.Shape[op.TransposeA ? 0 : 1], row = op.A.Shape.Inner;
            for (int i = 0; i < a.Length; i++)
            {
                a[i] = (op.TransposeA ? i / row : i % row) == inner - 1 ? 0 : a[i];
            }

            run.PassWith((run.Operand("a"), a));
        }
    }
}
