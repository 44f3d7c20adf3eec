using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="MaxPoolBackward{T}"/>.</summary>
internal sealed class MaxPoolBackwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    // An element that won no window has no gradient; at most every window has a winner of its own.
    public override long StructuralZeros => Adds == 1 ? 0 : Math.Max(0, ((long)N * Geometry.C * Geometry.H * Geometry.W) - 1);

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dy", "dx")];

    public override Op<T> Build<T>(IOperands<T> at) => new MaxPoolBackward<T>(
        Geometry, at.Real("dy", Geometry.Output(N)), at.Integer("argmax", Geometry.Output(N)), at.Real("dx", Geometry.Input(N)), Adds == 1);

    public override int Roundings(string operand) => Overlap + Adds;

    /// <summary>Any element of its window may have won.</summary>
    public override int Index(string operand, int index, Draws draws)
    {
        int place = index / Geometry.C % (Geometry.P * Geometry.Q);
        (int top, int bottom) = Geometry.Rows(place / Geometry.Q);
        (int left, int right) = Geometry.Columns(place % Geometry.Q);
        return (draws.Between(top, bottom - 1) * Geometry.W) + draws.Between(left, right - 1);
    }
}
