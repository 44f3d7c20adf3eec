namespace Msr.Cli.Output;

/// <summary>A number in the text of a case.</summary>
internal sealed record VerifyParameter(string Key, string Meaning, int Least, int? Default, string? SameAs);
