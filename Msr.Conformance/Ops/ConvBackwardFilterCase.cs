using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="ConvBackwardFilter{T}"/>.</summary>
internal sealed class ConvBackwardFilterCase(OpEntry entry, CaseDescriptor descriptor) : ConvolutionCase(entry, descriptor)
{
    protected override int Products => N * Geometry.P * Geometry.Q;

    protected override bool IsBackwardFilter => true;

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "dw"), ("dy", "dw")];

    public override Op<T> Build<T>(IOperands<T> at) => new ConvBackwardFilter<T>(
        Geometry, at.Real("x", Geometry.Input(N)), at.Real("dy", Geometry.Output(N)), at.Real("dw", Geometry.Filter), Adds);

    protected override double[] WinogradBound(Truth truth, WinogradBounds bounds, double[]? old)
    {
        ConvGeometry g = Geometry;
        double[] x = truth.Input("x"), dy = truth.Input("dy");
        return bounds.FilterGradient(
            (n, row, column, c) => At(x, (g.H, g.W, g.C), n, row - g.Padding.Top, column - g.Padding.Left, c),
            (n, row, column, k) => At(dy, (g.P, g.Q, g.K), n, row, column, k),
            (N, g.P, g.Q, g.K, g.C),
            old);
    }

    protected override long Untouched()
    {
        ConvGeometry g = Geometry;
        int rows = Enumerable.Range(0, g.R).Count(r => Enumerable.Range(0, g.P).All(p => g.SourceRow(p, r) < 0));
        int columns = Enumerable.Range(0, g.S).Count(s => Enumerable.Range(0, g.Q).All(q => g.SourceColumn(q, s) < 0));
        return Adds ? 0 : (long)g.K * g.GroupC * ((rows * g.S) + (columns * (g.R - rows)));
    }
}
