namespace Msr.Cli.Output;

/// <summary>A case that failed, and the smallest one that fails in the same way.</summary>
internal sealed record VerifyFailure(string Case, string Law, string Statement, string Message, string Shrunk, int Attempts, string Command, string? Saved);
