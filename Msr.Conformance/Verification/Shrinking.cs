using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Verification;

/// <summary>The search for the smallest case that fails as a given one does: greedy, one smaller geometry after another.</summary>
/// <param name="law">The law that is broken.</param>
/// <param name="subject">The backend.</param>
/// <param name="attempts">How many cases may be tried.</param>
internal sealed class Shrinking(Law law, Subject subject, int attempts)
{
    /// <summary>How many cases were tried.</summary>
    public int Tried { get; private set; }

    /// <summary>Shrinks a case as far as it goes.</summary>
    /// <returns>The smallest case found, and what the law says of it.</returns>
    public (TestCase Case, LawCheck Check) From(TestCase failing, LawCheck check)
    {
        while (Next(failing, check) is { } smaller)
        {
            (failing, check) = smaller;
        }

        return (failing, check);
    }

    private (TestCase Case, LawCheck Check)? Next(TestCase failing, LawCheck check)
    {
        foreach (TestCase smaller in failing.Smaller())
        {
            if (Tried >= attempts)
            {
                return null;
            }

            Tried++;
            if (LawCheck.Support(smaller, subject).Outcome.Verdict == Verdict.Passed
                && LawCheck.Of(law, smaller, subject) is var again
                && again.FailsLike(check))
            {
                return (smaller, again);
            }
        }

        return null;
    }
}
