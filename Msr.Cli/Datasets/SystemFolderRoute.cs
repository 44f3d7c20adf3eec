using Msr.Core.Data;

namespace Msr.Cli.Datasets;

/// <summary>Copies the files that a package of the operating system has installed.</summary>
/// <param name="known">The set.</param>
/// <param name="source">The folder of the package.</param>
internal sealed class SystemFolderRoute(KnownDataset known, string source) : IFetchRoute
{
    /// <inheritdoc/>
    public string Name => "installed package";

    /// <inheritdoc/>
    public Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        var (found, missing) = known.Locate(source);
        if (!missing.IsEmpty)
        {
            throw new FetchException($"{source} lacks {string.Join(", ", missing)}; install the package dataset-{known.Name}");
        }

        foreach (DataFile file in found)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new FetchProgress($"copying {file.Name}"));
            File.Copy(file.Name, Path.Combine(folder, Path.GetFileName(file.Name)));
        }

        return Task.CompletedTask;
    }
}
