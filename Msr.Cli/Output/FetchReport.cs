namespace Msr.Cli.Output;

/// <summary>What <c>msr data get</c> came to.</summary>
internal sealed record FetchReport(string Name, string? Folder, string? Route, string Message);
