namespace Msr.Cli.Output;

/// <summary>The result of <c>msr verify</c>, as JSON.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Device">What it runs on.</param>
/// <param name="Seed">The seed that cases were drawn from; none where they were given.</param>
/// <param name="Count">Cases drawn for each kind; none where they were given.</param>
/// <param name="Complete">Whether all cases were checked; not if the run was stopped.</param>
/// <param name="Passed">Cases that passed, suspicious ones included.</param>
/// <param name="Failed">Cases that failed.</param>
/// <param name="Skipped">Cases that were skipped.</param>
/// <param name="Kinds">Kind by kind.</param>
/// <param name="Failures">What failed.</param>
/// <param name="Suspicious">What passed with an unlikely error.</param>
/// <param name="SkippedByReason">What was skipped.</param>
internal sealed record VerifyResult(
    string Backend,
    string Device,
    ulong? Seed,
    int? Count,
    bool Complete,
    int Passed,
    int Failed,
    int Skipped,
    VerifyKind[] Kinds,
    VerifyFailure[] Failures,
    VerifySuspicion[] Suspicious,
    VerifySkip[] SkippedByReason);

/// <summary>The result of a kind. Errors are each case's worst error, as a multiple of its bound.</summary>
internal sealed record VerifyKind(
    string Kind, int Passed, int Failed, int Skipped, int Suspicious, double MedianErrorOverBound, double Percentile99ErrorOverBound, double WorstErrorOverBound, double Seconds);

/// <summary>A kind in the result of <c>msr verify --list</c>.</summary>
internal sealed record VerifyKindResult(string Kind, VerifyParameter[] Parameters, VerifyLaw[] Laws);

/// <summary>A law and what it states.</summary>
internal sealed record VerifyLaw(string Name, string Statement, string Strength);

/// <summary>A key in the text of a case: what stands behind it, what it means, and what holds where it is left out; null where it must be given.</summary>
internal sealed record VerifyParameter(string Key, string Form, string Meaning, string? Default);

/// <summary>A case that failed, and the smallest one that fails in the same way.</summary>
internal sealed record VerifyFailure(string Case, string Law, string Statement, string Message, string Shrunk, int Attempts, string Command, string? Saved);

/// <summary>Cases that were skipped for the same reason.</summary>
internal sealed record VerifySkip(string Reason, string[] Cases);

/// <summary>A case that passed with an error that honest rounding makes unlikely.</summary>
internal sealed record VerifySuspicion(string Case, string Reason);
