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

    protected override long Untouched()
    {
        ConvGeometry g = Geometry;
        int rows = Enumerable.Range(0, g.R).Count(r => Enumerable.Range(0, g.P).All(p => g.SourceRow(p, r) < 0));
        int columns = Enumerable.Range(0, g.S).Count(s => Enumerable.Range(0, g.Q).All(q => g.SourceColumn(q, s) < 0));
        return Adds ? 0 : (long)g.K * g.GroupC * ((rows * g.S) + (columns * (g.R - rows)));
    }
}
