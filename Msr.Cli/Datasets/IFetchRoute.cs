namespace Msr.Cli.Datasets;

/// <summary>One way to get the files of a data set.</summary>
public interface IFetchRoute
{
    /// <summary>What the route is called in messages.</summary>
    string Name { get; }

    /// <summary>Puts the files into a folder; the caller verifies them.</summary>
    /// <param name="folder">An empty folder for the files of the set.</param>
    /// <param name="scratch">An empty folder for whatever else the route needs; it is deleted afterwards.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Stops the fetch.</param>
    /// <exception cref="FetchException">The route is closed; the message says why.</exception>
    Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation);
}
