namespace Msr.Cli.Output;

/// <summary>Cases that were skipped for the same reason.</summary>
internal sealed record VerifySkip(string Reason, string[] Cases);
