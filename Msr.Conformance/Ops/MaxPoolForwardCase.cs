using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="MaxPoolForward{T}"/>.</summary>
internal sealed class MaxPoolForwardCase(OpEntry entry, CaseDescriptor descriptor) : PoolCase(entry, descriptor)
{
    // The element (0, 0) of a plane is a legal winner, and on planes of one element the only one.
    public override long StructuralZeros => (long)N * Geometry.P * Geometry.Q * Geometry.C;

    /// <summary>Linear while the winners stay the same.</summary>
    public override IReadOnlyList<GradientPair> Gradients =>
        [new(this, As(PoolEntry.MaxBackward), "x", "y", "dy", "dx") { Step = 0.25, AwayFromKinks = WithoutTies }];

    public override Op<T> Build<T>(IOperands<T> at) => new MaxPoolForward<T>(
        Geometry, at.Real("x", Geometry.Input(N)), at.Real("y", Geometry.Output(N)), at.Integer("argmax", Geometry.Output(N)));

    public override int Roundings(string operand) => 0;

    /// <summary>Distinct integers, which no step below ½ re-orders.</summary>
    private CaseData WithoutTies(CaseData inputs)
    {
        double[] distinct = [.. Enumerable.Range(0, inputs.Reals["x"].Length).Select(static value => (double)value)];
        new RandomStream(Descriptor.Seed).Split("order").Shuffle<double>(distinct);
        return inputs.With("x", distinct);
    }
}
