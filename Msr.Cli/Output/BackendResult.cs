namespace Msr.Cli.Output;

/// <summary>What <c>msr backends</c> says of a backend.</summary>
internal sealed record BackendResult(string Name, string Precision, string Purpose, bool Available, string? Device, int? VectorBits, string? Reason);
