using System.Collections.Immutable;
using Msr.Core.Data;

namespace Msr.Cli.Datasets;

/// <summary>Downloads each file of a set, in gzip, from the folder of a server.</summary>
/// <param name="known">The set.</param>
/// <param name="server">The address of the folder, ending with a slash.</param>
public sealed class HttpFilesRoute(KnownDataset known, Uri server) : IFetchRoute
{
    private readonly ImmutableArray<KnownFile> _files = known.Files;

    /// <inheritdoc/>
    public string Name => "official download";

    /// <inheritdoc/>
    public async Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        foreach (KnownFile file in _files)
        {
            string name = file.Name + ".gz";
            await HttpDownload.SaveAsync(new Uri(server, name), Path.Combine(folder, name), progress, cancellation);
        }
    }
}
