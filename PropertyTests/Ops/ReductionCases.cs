using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of moments and norms.</summary>
internal static class ReductionCases
{
    public static OpCase Moments(Shape shape) => new MomentsCase(shape);

    public static OpCase SquaredNorms(int rows, int length) => new SquaredNormsCase(rows, length);

    private sealed class MomentsCase(Shape shape) : OpCase
    {
        public override string Text => $"{SegmentMoments<double>.Kind} {shape}";

        public override bool IsExactOnIntegers => false;

        public override Op<T> Build<T>(IOperands<T> at) => new SegmentMoments<T>(
            at.Real("x", shape), at.Real("mean", new Shape(shape.Inner)), at.Real("square", new Shape(shape.Inner)));

        public override int Roundings(string operand) => checked((int)(shape.Length / shape.Inner)) + (operand == "mean" ? 1 : 2);
    }

    private sealed class SquaredNormsCase(int rows, int length) : OpCase
    {
        public override string Text => $"{SquaredNorms<double>.Kind} [{rows}, {length}]";

        public override Op<T> Build<T>(IOperands<T> at) =>
            new SquaredNorms<T>(at.Real("x", new Shape(rows, length)), at.Real("y", new Shape(rows)));

        public override int Roundings(string operand) => length;
    }
}
