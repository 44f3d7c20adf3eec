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
    public async Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
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
            await using FileStream from = Open(file.Name);
            await using FileStream to = File.Create(Path.Combine(folder, Path.GetFileName(file.Name)));
            await from.CopyToAsync(to, cancellation);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FetchException($"{path} cannot be read ({error.Message.TrimEnd('.')})", error);
        }
    }
}
