using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>The memory laws of a run.</summary>
/// <param name="name">The name of the law.</param>
/// <param name="statement">The statement.</param>
/// <param name="complain">What is wrong with a run; nothing if all is well.</param>
internal sealed class MemoryLaw(string name, string statement, Func<Run, string?> complain) : OpLaw
{
    public override string Name => name;

    public override string Statement => statement;

    public override LawStrength Strength => LawStrength.Exact;

    public static MemoryLaw WritesEverything { get; } = new(
        "writes-everything", "Every element of every destination is written.", static run => run.Unwritten is { } place ? $"{place} was not written" : null);

    public static MemoryLaw InputsUnchanged { get; } = new(
        "inputs-unchanged", "What is only read stays as it was, to the last bit.", static run => run.Changed is { } place ? $"the input {place} was changed" : null);

    public static MemoryLaw NoOverrun { get; } = new(
        "no-overrun", "Nothing is written before or beyond an operand.", static run => run.Overrun is { } place ? $"{place} was written to" : null);

    public override LawOutcome Check(OpCase opCase, Subject subject) => LawOutcome.FailedIf(complain(opCase.RunOn(subject)));
}

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
            : new Judge(subject).Compare(opCase, run, opCase.TruthFor(subject)).Outcome;
    }
}
