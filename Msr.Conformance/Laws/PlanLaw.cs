using Msr.Conformance.Cases;
using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>A law of whole networks.</summary>
internal abstract class PlanLaw : Law
{
    public sealed override LawOutcome Check(TestCase testCase, Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        try
        {
            return Check((PlanCase)testCase, subject);
        }
        catch (NotSupportedException error)
        {
            return LawOutcome.Skipped(error.Message);
        }
    }

    /// <summary>Checks one case on one backend.</summary>
    protected abstract LawOutcome Check(PlanCase planCase, Subject subject);
}
