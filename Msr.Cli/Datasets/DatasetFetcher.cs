using System.Collections.Immutable;
using Msr.Core.Checkpoints;
using Msr.Core.Data;

namespace Msr.Cli.Datasets;

/// <summary>
/// Fetches public data sets. The routes to a set are tried one after the other; the files are gathered in a folder beside the target, their
/// sums are verified, and only then do they move into place, so that nothing half-written is ever found there.
/// </summary>
public static class DatasetFetcher
{
    /// <summary>Fetches a data set, unless it is there already.</summary>
    /// <param name="name">A name of <see cref="DatasetCatalog.Names"/>.</param>
    /// <param name="folder">The folder for the files themselves; null for <c>data/NAME</c>.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="log">Is told, a line each, which routes are tried and why one fails; null for nobody.</param>
    /// <param name="cancellation">Stops it; what was fetched so far is deleted.</param>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    /// <exception cref="FetchException">No route brought the set; the message has a sentence for each.</exception>
    /// <exception cref="IOException">The disk is full, gone or not permitted: no other route would help.</exception>
    public static Task<FetchResult> FetchAsync(
        string name,
        string? folder = null,
        IProgress<FetchProgress>? progress = null,
        TextWriter? log = null,
        CancellationToken cancellation = default)
    {
        KnownDataset known = KnownDataset.Find(name)
            ?? throw new ArgumentException(
                $"There is no data set '{name}'; the names are {string.Join(", ", DatasetCatalog.Names)}.", nameof(name));
        folder ??= Path.Combine(DatasetCatalog.DefaultFolder, name);
        return known.IsEmbedded
            ? Task.FromResult(new FetchResult(null, null, $"{name} is part of this program; there is nothing to fetch."))
            : FetchAsync(known, FetchRoutes.To(known), folder, progress, log, cancellation);
    }

    /// <summary>Fetches a data set by given routes.</summary>
    /// <param name="known">The set.</param>
    /// <param name="routes">The routes, the best first.</param>
    /// <param name="folder">The folder for the files.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="log">Is told which routes are tried and why one fails; null for nobody.</param>
    /// <param name="cancellation">Stops it; what was fetched so far is deleted.</param>
    /// <exception cref="FetchException">No route brought the set; the message has a sentence for each.</exception>
    /// <exception cref="IOException">The disk is full, gone or not permitted: no other route would help.</exception>
    public static async Task<FetchResult> FetchAsync(
        KnownDataset known,
        IReadOnlyList<IFetchRoute> routes,
        string folder,
        IProgress<FetchProgress>? progress = null,
        TextWriter? log = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(routes);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (IsComplete(known, folder, log))
        {
            return new FetchResult(folder, null, $"{known.Name} is already there, complete and verified: {folder}.");
        }

        string staging = MakeStaging(folder);
        try
        {
            List<string> failures = [];
            foreach (IFetchRoute route in routes)
            {
                log?.WriteLine($"{known.Name}: trying the {route.Name}.");
                string own = Path.Combine(staging, $"{failures.Count}");
                if (await TryAsync(known, route, own, folder, progress, cancellation) is not { } failure)
                {
                    return new FetchResult(folder, route.Name, $"{known.Name} is in {folder}, complete and verified ({route.Name}).");
                }

                Directory.Delete(own, recursive: true);
                failures.Add($"The {route.Name} failed: {failure.TrimEnd('.')}.");
                log?.WriteLine(failures[^1]);
            }

            throw new FetchException($"{known.Name} could not be fetched. {string.Join(' ', failures)}");
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>Makes a folder to gather files in, before anything is downloaded: a target that cannot be written is told at once.</summary>
    private static string MakeStaging(string folder)
    {
        if (File.Exists(folder))
        {
            throw new StorageException(folder, "is a file, and the data set needs a directory; choose another one with --out");
        }

        // Beside the target, so that moving into place stays within one file system.
        string staging = $"{folder}.partial-{Path.GetRandomFileName()}";
        try
        {
            return Directory.CreateDirectory(staging).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(folder, $"this directory cannot be made ({error.Message.TrimEnd('.', ' ')}); choose another one with --out", error);
        }
    }

    private static bool IsComplete(KnownDataset known, string folder, TextWriter? log)
    {
        (ImmutableArray<DataFile> found, ImmutableArray<string> missing) = known.Locate(folder);
        if (!missing.IsEmpty)
        {
            return false;
        }

        try
        {
            Verify(found);
            return true;
        }
        catch (DataException error)
        {
            log?.WriteLine($"{error.Message} It will be replaced.");
            return false;
        }
    }

    /// <returns>Null, or what went wrong.</returns>
    private static async Task<string?> TryAsync(
        KnownDataset known, IFetchRoute route, string own, string folder, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        string files = Directory.CreateDirectory(Path.Combine(own, "files")).FullName;
        string scratch = Directory.CreateDirectory(Path.Combine(own, "scratch")).FullName;
        try
        {
            await route.FetchAsync(files, scratch, progress, cancellation);
            progress?.Report(new FetchProgress("verifying"));
            Verify(Gather(known, files));
            cancellation.ThrowIfCancellationRequested();
            Publish(files, folder);
            return null;
        }
        catch (Exception error) when (error is FetchException or DataException { Problem: not DataProblem.Unreadable })
        {
            return error.Message;
        }
    }

    private static ImmutableArray<DataFile> Gather(KnownDataset known, string folder)
    {
        (ImmutableArray<DataFile> found, ImmutableArray<string> missing) = known.Locate(folder);
        return missing.IsEmpty ? found : throw new FetchException($"it brought no {string.Join(", ", missing)}");
    }

    private static void Verify(ImmutableArray<DataFile> files)
    {
        foreach (DataFile file in files)
        {
            file.Verify();
        }
    }

    private static void Publish(string files, string folder)
    {
        if (!Directory.Exists(folder))
        {
            Directory.Move(files, folder);
            return;
        }

        foreach (string path in Directory.GetFiles(files))
        {
            string target = Path.Combine(folder, Path.GetFileName(path));
            File.Move(path, target, overwrite: true);

            // A plain file hides one in gzip: what is left of a damaged set must not hide the new one.
            if (Path.GetExtension(target) == ".gz")
            {
                File.Delete(Path.ChangeExtension(target, null));
            }
        }
    }
}

/// <summary>How far a fetch is.</summary>
/// <param name="Activity">What is going on, such as the name of the file being downloaded.</param>
/// <param name="Done">The bytes done of this activity.</param>
/// <param name="Total">The bytes it has in all; null if unknown.</param>
public readonly record struct FetchProgress(string Activity, long Done = 0, long? Total = null);

/// <summary>The result of a fetch.</summary>
/// <param name="Folder">The folder that holds the set; null for a set that is part of the program.</param>
/// <param name="Route">The route that brought it; null if nothing had to be fetched.</param>
/// <param name="Message">One sentence for the user.</param>
public sealed record FetchResult(string? Folder, string? Route, string Message)
{
    /// <summary>Whether the set was there already, complete and verified.</summary>
    public bool WasThere => Route is null;
}

/// <summary>Says in one sentence, or one a route, why a data set could not be fetched and what to do.</summary>
/// <param name="message">The sentence.</param>
/// <param name="inner">The cause, if another exception is.</param>
public sealed class FetchException(string message, Exception? inner = null) : Exception(message, inner);
