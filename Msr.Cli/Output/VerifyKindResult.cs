namespace Msr.Cli.Output;

/// <summary>What <c>msr verify --list</c> says of a kind.</summary>
internal sealed record VerifyKindResult(string Kind, VerifyParameter[] Parameters, VerifyLaw[] Laws);
