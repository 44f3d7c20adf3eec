using Msr.Core.Data;

namespace Msr.Cli.Datasets;

/// <summary>Downloads an archive and takes the files of a set out of it.</summary>
/// <param name="known">The set.</param>
/// <param name="address">The address of the <c>.tar.gz</c>.</param>
/// <param name="inside">The folder inside the archive, ending with a slash.</param>
public sealed class HttpArchiveRoute(KnownDataset known, Uri address, string inside) : IFetchRoute
{
    /// <inheritdoc/>
    public string Name => "official download";

    /// <inheritdoc/>
    public async Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        string archive = Path.Combine(scratch, Path.GetFileName(address.LocalPath));
        await HttpDownload.SaveAsync(address, archive, progress, cancellation);
        await TarGzip.ExtractAsync(archive, inside, known.Files.Select(file => file.Name), folder, progress, cancellation);
    }
}
