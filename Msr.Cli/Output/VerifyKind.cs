namespace Msr.Cli.Output;

/// <summary>What came of a kind. Errors are each case's worst error, as a multiple of its bound.</summary>
internal sealed record VerifyKind(
    string Kind, int Passed, int Failed, int Skipped, int Suspicious, double MedianErrorOverBound, double Percentile99ErrorOverBound, double WorstErrorOverBound, double Seconds);
