using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace PropertyTests.Properties;

/// <summary>Asks the laws of the kit about generated cases.</summary>
internal static class Laws
{
    /// <summary>Demands that a law of the case's kind holds on some backends, and that it applies.</summary>
    public static void Hold(string law, GivenCase given, params IReadOnlyList<Subject> backends)
    {
        Law asked = given.Case.Entry.Laws.Single(candidate => candidate.Name == law);
        foreach (Subject backend in backends)
        {
            LawOutcome outcome = asked.Check(given.Case, backend);
            if (outcome.Verdict is not (Verdict.Passed or Verdict.Suspicious))
            {
                throw new BrokenLawException($"{asked.Statement} {outcome.Verdict} on {backend}: {outcome.Message}");
            }
        }
    }
}

/// <summary>A law does not hold. It prints without a stack trace, which would say only that FsCheck called the law.</summary>
/// <param name="message">Which law, on which backend, and how far off.</param>
internal sealed class BrokenLawException(string message) : Exception(message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}
