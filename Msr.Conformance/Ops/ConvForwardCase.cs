using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="ConvForward{T}"/>.</summary>
internal sealed class ConvForwardCase(OpEntry entry, CaseDescriptor descriptor) : ConvolutionCase(entry, descriptor)
{
    protected override int Products => Geometry.GroupC * Geometry.Taps;

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "y"), ("w", "y")];

    public override IReadOnlyList<GradientPair> Gradients =>
    [
        new(this, As(ConvolutionEntry.BackwardData), "x", "y", "dy", "dx"),
        new(this, As(ConvolutionEntry.BackwardFilter), "w", "y", "dy", "dw"),
    ];

    public override Op<T> Build<T>(IOperands<T> at) => new ConvForward<T>(
        Geometry, at.Real("x", Geometry.Input(N)), at.Real("w", Geometry.Filter), at.Real("y", Geometry.Output(N)), Adds);

    protected override double[] WinogradBound(Truth truth, WinogradBounds bounds, double[]? old)
    {
        ConvGeometry g = Geometry;
        double[] x = truth.Input("x"), w = truth.Input("w");
        return bounds.Convolution(
            (n, row, column, c) => At(x, (g.H, g.W, g.C), n, row - g.Padding.Top, column - g.Padding.Left, c),
            (k, r, s, c) => w[(((((k * g.R) + r) * g.S) + s) * g.C) + c],
            (N, g.P, g.Q, g.K, g.C),
            old);
    }

    protected override long Untouched() => Adds ? 0 : (long)N * Geometry.K * Blind();

    /// <summary>Output positions whose whole window is padding.</summary>
    private int Blind()
    {
        ConvGeometry g = Geometry;
        int rows = Enumerable.Range(0, g.P).Count(p => Enumerable.Range(0, g.R).All(r => g.SourceRow(p, r) < 0));
        int columns = Enumerable.Range(0, g.Q).Count(q => Enumerable.Range(0, g.S).All(s => g.SourceColumn(q, s) < 0));
        return (rows * g.Q) + (columns * (g.P - rows));
    }
}
