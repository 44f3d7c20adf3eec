using Msr.Conformance.Cases;
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

/// <summary>A law's verdict on a case, where an exception is a broken law too.</summary>
/// <param name="Outcome">What it says.</param>
/// <param name="Thrown">The type of the exception that a backend threw; none if it threw none.</param>
internal sealed record LawCheck(LawOutcome Outcome, Type? Thrown = null)
{
    /// <summary>Whether the case fails.</summary>
    public bool Fails => Outcome.Verdict is Verdict.Failed or Verdict.Mistrusted;

    /// <summary>Checks a law.</summary>
    public static LawCheck Of(Law law, TestCase testCase, Subject subject) => Guarded(() => law.Check(testCase, subject));

    /// <summary>Whether the backend supports a case: skipped if not.</summary>
    public static LawCheck Support(TestCase testCase, Subject subject) => Guarded(() => testCase is not OpCase opCase || subject.Supports(opCase)
        ? LawOutcome.Passed
        : LawOutcome.Skipped($"the backend does not support {testCase.Descriptor.Kind}"));

    /// <summary>Whether a smaller case fails in the same way: by the same verdict and the same type of exception.</summary>
    public bool FailsLike(LawCheck other) => Fails && Outcome.Verdict == other.Outcome.Verdict && Thrown == other.Thrown;

    private static LawCheck Guarded(Func<LawOutcome> check)
    {
        try
        {
            return new LawCheck(check());
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new LawCheck(LawOutcome.Failed($"{error.GetType().Name}: {error.Message}"), error.GetType());
        }
    }
}
