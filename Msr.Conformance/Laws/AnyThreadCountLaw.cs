using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>Bits do not depend on the number of threads.</summary>
internal sealed class AnyThreadCountLaw : SameBitsLaw
{
    private const int MostThreads = 5;

    public override string Name => "any-thread-count";

    public override string Statement => "Bits do not depend on the number of threads.";

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        if (!Promises(subject, BitwiseGuarantees.ThreadCount))
        {
            return LawOutcome.Skipped("the backend does not promise it");
        }

        // One other number a case: all of them come up within a few cases.
        int threads = 1 + (int)(opCase.Descriptor.Seed % MostThreads);
        return subject.WithThreads(threads) is { } threaded
            ? LawOutcome.FailedIf(Difference(opCase.RunOn(subject).Outputs, threaded.Run(opCase, opCase.Data).Outputs, $"on {threads} threads"))
            : LawOutcome.Skipped("the number of threads cannot be chosen");
    }
}
