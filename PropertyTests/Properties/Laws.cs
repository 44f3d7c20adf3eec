using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace PropertyTests.Properties;

/// <summary>Asks the laws of the kit about generated cases.</summary>
internal static class Laws
{
    /// <summary>Demands that a law of the case's kind holds on some backends, and that it applies.</summary>
    public static void Hold(string law, GivenCase given, params IReadOnlyList<Subject> backends) => Check(law, given, backends, mayBeSkipped: false);

    /// <summary>Demands that a law holds on some backends wherever it applies to a case: some laws speak of some geometries alone.</summary>
    public static void HoldWhereItApplies(string law, GivenCase given, params IReadOnlyList<Subject> backends) => Check(law, given, backends, mayBeSkipped: true);

    private static void Check(string law, GivenCase given, IReadOnlyList<Subject> backends, bool mayBeSkipped)
    {
        if (given.Case.Entry.Laws.FirstOrDefault(candidate => candidate.Name == law) is not { } asked)
        {
            throw new ArgumentException($"{given.Case.Descriptor.Kind} has no law '{law}'.", nameof(law));
        }

        foreach (Subject backend in backends)
        {
            LawOutcome outcome = asked.Check(given.Case, backend);
            if (outcome.Verdict is not (Verdict.Passed or Verdict.Suspicious) && !(mayBeSkipped && outcome.Verdict == Verdict.Skipped))
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
