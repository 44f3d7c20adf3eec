namespace Msr.Cli.Output;

/// <summary>A case that passed with an error that honest rounding makes unlikely.</summary>
internal sealed record VerifySuspicion(string Case, string Reason);
