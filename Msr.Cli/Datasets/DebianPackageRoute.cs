using Msr.Core.Data;

namespace Msr.Cli.Datasets;

/// <summary>Downloads a package of Debian's and unpacks it without installing it, so it needs no special rights.</summary>
/// <param name="known">The set.</param>
/// <param name="package">The name of the package.</param>
/// <param name="inside">The folder inside the package, relative to the root.</param>
internal sealed class DebianPackageRoute(KnownDataset known, string package, string inside) : IFetchRoute
{
    /// <inheritdoc/>
    public string Name => $"Debian package {package}";

    /// <inheritdoc/>
    public async Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new FetchProgress($"apt-get download {package}"));
        await ExternalProgram.RunAsync("apt-get", ["download", package], scratch, "run `apt-get update` first", cancellation);
        string archive = Directory.EnumerateFiles(scratch, $"{package}_*.deb").FirstOrDefault()
            ?? throw new FetchException($"apt-get brought no {package}_*.deb; run `apt-get update` first");
        string root = Directory.CreateDirectory(Path.Combine(scratch, "root")).FullName;
        await ExternalProgram.RunAsync("dpkg-deb", ["-x", archive, root], scratch, "try again", cancellation);
        await new SystemFolderRoute(known, Path.Combine(root, inside)).FetchAsync(folder, scratch, progress, cancellation);
    }
}
