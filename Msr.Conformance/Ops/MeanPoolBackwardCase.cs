using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="MeanPoolBackward{T}"/>.</summary>
internal sealed class MeanPoolBackwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    public override bool IsExactOnIntegers => false;

    public override int AccumulationLength => Overlap;

    public override long StructuralZeros => Adds == 1 ? 0 : Uncovered();

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dy", "dx")];

    public override Op<T> Build<T>(IOperands<T> at) =>
        new MeanPoolBackward<T>(Geometry, at.Real("dy", Geometry.Output(N)), at.Real("dx", Geometry.Input(N)), Adds == 1);

    public override int Roundings(string operand) => Overlap + 1 + Adds;
}
