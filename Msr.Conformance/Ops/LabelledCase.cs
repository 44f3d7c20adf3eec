using Msr.Conformance.Cases;

namespace Msr.Conformance.Ops;

/// <summary>A case of an op on logits and labels.</summary>
internal abstract class LabelledCase : OpCase
{
    private protected LabelledCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor) => (N, K) = (descriptor.Parameters["n"], descriptor.Parameters["k"]);

    /// <summary>Samples.</summary>
    public int N { get; }

    /// <summary>Classes.</summary>
    public int K { get; }

    public sealed override bool IsExactOnIntegers => false;

    public sealed override int AccumulationLength => K;

    public sealed override long Flops => 4L * N * K;

    // A loss of one class is 0, and so is its gradient.
    public override long StructuralZeros => K == 1 ? (long)N * K : 0;

    public sealed override int Index(string operand, int index, Draws draws) => draws.Between(0, K - 1);
}
