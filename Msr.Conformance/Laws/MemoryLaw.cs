using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>What a run may do to memory.</summary>
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
