namespace Msr.Cli.Datasets;

/// <summary>What a fetch came to.</summary>
/// <param name="Folder">The folder that holds the set; null for a set that is part of the program.</param>
/// <param name="Route">The route that brought it; null if nothing had to be fetched.</param>
/// <param name="Message">One sentence for the user.</param>
public sealed record FetchResult(string? Folder, string? Route, string Message)
{
    /// <summary>Whether the set was there already, complete and verified.</summary>
    public bool WasThere => Route is null;
}
