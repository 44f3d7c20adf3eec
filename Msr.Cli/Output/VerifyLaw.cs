namespace Msr.Cli.Output;

/// <summary>A law and what it states.</summary>
internal sealed record VerifyLaw(string Name, string Statement, string Strength);
