using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="MaxPoolForward{T}"/>.</summary>
internal sealed class MaxPoolForwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    // The element (0, 0) of a plane is a legal winner, and on planes of one element the only one.
    public override long StructuralZeros => (long)N * Geometry.P * Geometry.Q * Geometry.C;

    public override Op<T> Build<T>(IOperands<T> at) => new MaxPoolForward<T>(
        Geometry, at.Real("x", Geometry.Input(N)), at.Real("y", Geometry.Output(N)), at.Integer("argmax", Geometry.Output(N)));

    public override int Roundings(string operand) => 0;
}
