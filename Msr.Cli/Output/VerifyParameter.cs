namespace Msr.Cli.Output;

/// <summary>A key in the text of a case: what stands behind it, what it means, and what holds where it is left out; null where it must be given.</summary>
internal sealed record VerifyParameter(string Key, string Form, string Meaning, string? Default);
