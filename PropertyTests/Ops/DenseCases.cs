using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of the matrix product and of biases.</summary>
internal static class DenseCases
{
    public static OpCase MatMul(int m, int l, int n, bool transposeA, bool transposeB, bool accumulate = false) =>
        new MatMulCase(m, l, n, transposeA, transposeB, accumulate);

    public static OpCase BiasAdd(Shape shape) => new BiasAddCase(shape);

    public static OpCase BiasGradient(Shape shape, bool accumulate = false) => new BiasGradientCase(shape, accumulate);

    /// <summary>A tensor with channels last, of rank 2 to 4.</summary>
    public static Shape Rows(Draws draws) => draws.OneOf(
        new Shape(draws.Between(1, 40), draws.Channels()),
        new Shape(draws.Between(1, 5), draws.Between(1, 7), draws.Between(1, 7), draws.Channels()));

    private sealed class MatMulCase(int m, int l, int n, bool transposeA, bool transposeB, bool accumulate) : OpCase
    {
        public override string Text =>
            $"{MatMul<double>.Kind} m{m}l{l}n{n}{(transposeA ? "t" : "n")}{(transposeB ? "t" : "n")}{(accumulate ? " accumulating" : "")}";

        public override OpCase? Accumulating => new MatMulCase(m, l, n, transposeA, transposeB, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) => new MatMul<T>(
            at.Real("a", transposeA ? new Shape(l, m) : new Shape(m, l)),
            at.Real("b", transposeB ? new Shape(n, l) : new Shape(l, n)),
            at.Real("c", new Shape(m, n)),
            transposeA,
            transposeB,
            accumulate);

        public override int Roundings(string operand) => l + (accumulate ? 1 : 0);
    }

    private sealed class BiasAddCase(Shape shape) : OpCase
    {
        public override string Text => $"{BiasAdd<double>.Kind} {shape}";

        public override Op<T> Build<T>(IOperands<T> at) =>
            new BiasAdd<T>(at.Real("x", shape), at.Real("b", new Shape(shape.Inner)), at.Real("y", shape));

        public override int Roundings(string operand) => 0;
    }

    private sealed class BiasGradientCase(Shape shape, bool accumulate) : OpCase
    {
        public override string Text => $"{BiasGradient<double>.Kind} {shape}{(accumulate ? " accumulating" : "")}";

        public override OpCase? Accumulating => new BiasGradientCase(shape, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) =>
            new BiasGradient<T>(at.Real("dy", shape), at.Real("db", new Shape(shape.Inner)), accumulate);

        public override int Roundings(string operand) => checked((int)(shape.Length / shape.Inner)) + (accumulate ? 1 : 0);
    }
}
