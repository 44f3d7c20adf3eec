using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="MeanPoolForward{T}"/>.</summary>
internal sealed class MeanPoolForwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    public override bool IsExactOnIntegers => false;

    public override int AccumulationLength => Window;

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "y")];

    public override IReadOnlyList<GradientPair> Gradients => [new(this, As(PoolEntry.MeanBackward), "x", "y", "dy", "dx")];

    public override Op<T> Build<T>(IOperands<T> at) => new MeanPoolForward<T>(Geometry, at.Real("x", Geometry.Input(N)), at.Real("y", Geometry.Output(N)));

    public override int Roundings(string operand) => Window + 1;
}
