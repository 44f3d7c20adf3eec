using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>The same op on the same contents gives the same bits again, whatever else ran between.</summary>
internal sealed class BitwiseRepeatLaw : SameBitsLaw
{
    public override string Name => "bitwise-repeat";

    public override string Statement => "The same op on the same contents gives the same bits again.";

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (!Promises(subject, BitwiseGuarantees.Repeat))
        {
            return LawOutcome.Skipped("the backend does not promise it");
        }

        return LawOutcome.FailedIf(Difference(opCase.RunOn(subject).Outputs, subject.Run(opCase, opCase.Data).Outputs, "when run again"));
    }
}
