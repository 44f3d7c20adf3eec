namespace Msr.Cli.Output;

/// <summary>What <c>msr backends</c> says of a backend.</summary>
internal sealed record BackendResult(string Name, string Precision, string Purpose, bool Available, string? Device, int? VectorBits, string? Reason)
{
    /// <summary>The native libraries that were found, or, where one is missing, every name that was tried; null where none is needed.</summary>
    public IReadOnlyList<string>? Libraries { get; init; }
}
