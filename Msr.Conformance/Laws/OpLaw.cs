using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>A law of ops.</summary>
public abstract class OpLaw : Law
{
    /// <inheritdoc/>
    public sealed override LawOutcome Check(TestCase testCase, Subject subject) => Check((OpCase)testCase, subject);

    /// <summary>Checks one case of an op on one backend.</summary>
    /// <param name="opCase">The case.</param>
    /// <param name="subject">The backend.</param>
    public abstract LawOutcome Check(OpCase opCase, Subject subject);
}
