namespace Msr.Cli.Output;

/// <summary>What <c>msr verify</c> found, as JSON.</summary>
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
