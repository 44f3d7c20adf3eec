using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>Operands may begin at any element of their block.</summary>
internal sealed class AnyOffsetLaw : OpLaw
{
    public override string Name => "any-offset";

    public override string Statement => "Wherever operands begin in their blocks, results stay within the bound and memory laws hold.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        int lead = (int)(opCase.Descriptor.Seed % 17);
        Run run = subject.Run(opCase, opCase.Data, new RunOptions(lead));
        string? memory = run.Overrun ?? run.Unwritten ?? run.Changed;
        return memory is not null
            ? LawOutcome.Failed($"at offset {lead}: {memory} was overrun, left unwritten or changed")
            : new Judge(subject).Compare(opCase, run, opCase.Truth).Outcome;
    }
}
