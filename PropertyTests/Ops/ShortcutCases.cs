using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>Cases of the parameter-free shortcut.</summary>
internal static class ShortcutCases
{
    public static ShortcutGeometry Geometry(Draws draws)
    {
        int c = draws.Channels();
        return new ShortcutGeometry(1 + draws.Room(), 1 + draws.Room(), c, c + draws.Between(0, 5), draws.Between(1, 3), draws.Flag());
    }

    public static OpCase Forward(ShortcutGeometry geometry, int n) => new ForwardCase(geometry, n);

    public static OpCase Backward(ShortcutGeometry geometry, int n, bool accumulate = false) => new BackwardCase(geometry, n, accumulate);

    private static bool Divides(ShortcutGeometry g) => g.Average && g.Stride > 1;

    private sealed class ForwardCase(ShortcutGeometry g, int n) : OpCase
    {
        public override string Text => $"{ShortcutForward<double>.Kind} n{n} {g}";

        public override bool IsExactOnIntegers => !Divides(g);

        public override Op<T> Build<T>(IOperands<T> at) => new ShortcutForward<T>(g, at.Real("x", g.Input(n)), at.Real("y", g.Output(n)));

        public override int Roundings(string operand) => Divides(g) ? (g.Stride * g.Stride) + 1 : 0;
    }

    private sealed class BackwardCase(ShortcutGeometry g, int n, bool accumulate) : OpCase
    {
        public override string Text => $"{ShortcutBackward<double>.Kind} n{n} {g}{(accumulate ? " accumulating" : "")}";

        public override bool IsExactOnIntegers => !Divides(g);

        public override OpCase? Accumulating => new BackwardCase(g, n, accumulate: true);

        public override Op<T> Build<T>(IOperands<T> at) =>
            new ShortcutBackward<T>(g, at.Real("dy", g.Output(n)), at.Real("dx", g.Input(n)), accumulate);

        public override int Roundings(string operand) => !Divides(g) ? 0 : accumulate ? 2 : 1;
    }
}
