using System.Collections.Immutable;

namespace Msr.Core.Data;

/// <summary>Finds the files of a data set in a folder, plain or with the suffix <c>.gz</c>.</summary>
internal static class DatasetFolder
{
    /// <summary>The path of a file, the plain one first; null if neither form is there.</summary>
    internal static string? Find(string folder, string name)
    {
        string plain = Path.Combine(folder, name);
        return File.Exists(plain) ? plain : File.Exists(plain + ".gz") ? plain + ".gz" : null;
    }

    /// <summary>The files of a set of any content: the four idx files if one of them is there, CIFAR-10's otherwise.</summary>
    /// <exception cref="DataException">The folder holds neither set, or not all of it.</exception>
    internal static (DatasetFormat Format, ImmutableArray<DataFile> Files) Discover(string folder)
    {
        string?[] idx = [.. KnownDataset.Mnist.Files.Select(file => FindIdx(folder, file.Name))];
        if (idx.Any(path => path is not null))
        {
            return (DatasetFormat.Idx, Complete(folder, idx, KnownDataset.Mnist.Files.Select(file => file.Name)));
        }

        IEnumerable<string?> batches = Directory.EnumerateFiles(folder, "data_batch_*.bin")
            .Concat(Directory.EnumerateFiles(folder, "data_batch_*.bin.gz").Select(static path => path[..^".gz".Length]))
            .Select(static path => Path.GetFileName(path)).Distinct(StringComparer.Ordinal)
            .OrderBy(static name => name.Length).ThenBy(static name => name, StringComparer.Ordinal)
            .Select(name => Find(folder, name));
        string?[] cifar = [.. batches.DefaultIfEmpty(), Find(folder, "test_batch.bin")];
        if (cifar.Any(path => path is not null))
        {
            string[] wanted = [.. Enumerable.Repeat("data_batch_1.bin", cifar.Length - 1), "test_batch.bin"];
            return (DatasetFormat.CifarBinary, Complete(folder, cifar, wanted));
        }

        throw new DataException(
            DataProblem.Missing,
            $"{folder} holds no data set: put {{train,t10k}}-{{images-idx3,labels-idx1}}-ubyte[.gz] there, "
            + "or data_batch_*.bin[.gz] and test_batch.bin[.gz].");
    }

    // Some copies of MNIST spell it "train-images.idx3-ubyte".
    private static string? FindIdx(string folder, string name) =>
        Find(folder, name) ?? Find(folder, name.Replace("-idx", ".idx", StringComparison.Ordinal));

    private static ImmutableArray<DataFile> Complete(string folder, string?[] paths, IEnumerable<string> names)
    {
        string[] missing = [.. names.Where((_, index) => paths[index] is null)];
        return missing.Length == 0
            ? [.. paths.Select(path => DataFile.OnDisk(path!))]
            : throw new DataException(
                DataProblem.Missing, $"{folder} holds a part of a data set, but not {string.Join(", ", missing)}; add what is missing.");
    }
}

/// <summary>How the files of a data set are laid out.</summary>
public enum DatasetFormat
{
    /// <summary>Four idx files, plain or in gzip: images and labels to train on and to test with. See <see cref="IdxReader"/>.</summary>
    Idx,

    /// <summary>CIFAR-10's binary version: any number of files to train on and one to test with. See <see cref="CifarReader"/>.</summary>
    CifarBinary,
}

/// <summary>The parts of a data set that a training needs.</summary>
/// <param name="Train">The images to train on.</param>
/// <param name="Test">The images to judge by; same shape and classes.</param>
/// <param name="Standardization">The map from bytes to numbers for both.</param>
public sealed record DatasetPair(ImageDataset Train, ImageDataset Test, Standardization Standardization);
