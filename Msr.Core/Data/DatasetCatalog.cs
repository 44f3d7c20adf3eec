using System.Collections.Immutable;

namespace Msr.Core.Data;

/// <summary>Loads data sets by name or from a folder.</summary>
public static class DatasetCatalog
{
    /// <summary>The folder in which named sets are looked for, each in a folder of its own name, unless told otherwise.</summary>
    public const string DefaultFolder = "data";

    /// <summary>The names that <see cref="Load"/> understands.</summary>
    public static ImmutableArray<string> Names { get; } = [.. KnownDataset.All.Select(known => known.Name)];

    /// <summary>
    /// Loads a data set. A name stands for a known set: embedded, or in the folder NAME of a search folder, or where the operating system's
    /// package puts it; its sums are verified. Anything else is a folder with four idx files, plain or in gzip, or with CIFAR-10's binary
    /// files; its standardisation is computed from its training images, unless its content is that of a known set.
    /// </summary>
    /// <param name="nameOrFolder">A name of <see cref="Names"/>, or a folder.</param>
    /// <param name="searchFolders">Where to look for named sets, first to last; nothing for <see cref="DefaultFolder"/>.</param>
    /// <exception cref="DataException">The set is missing, which the message explains, or a file is malformed or unreadable.</exception>
    public static DatasetPair Load(string nameOrFolder, params IReadOnlyList<string> searchFolders)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrFolder);
        ArgumentNullException.ThrowIfNull(searchFolders);
        if (KnownDataset.Find(nameOrFolder) is { } known)
        {
            return LoadKnown(known, searchFolders.Count == 0 ? [DefaultFolder] : searchFolders);
        }

        return Directory.Exists(nameOrFolder)
            ? LoadFolder(nameOrFolder)
            : throw new DataException(
                DataProblem.Missing,
                $"There is no data set '{nameOrFolder}': it is no folder, and the names are {string.Join(", ", Names)}.");
    }

    private static DatasetPair LoadKnown(KnownDataset known, IReadOnlyList<string> searchFolders)
    {
        ImmutableArray<DataFile> files = known.IsEmbedded
            ? [.. known.Files.Select(file => DataFile.Embedded(file.Name + ".gz", file.Md5))]
            : LocateKnown(known, searchFolders);
        (ImageDataset train, ImageDataset test) = Read(known.Format, files, known.Name, known);
        return new DatasetPair(train, test, known.Standardization);
    }

    private static ImmutableArray<DataFile> LocateKnown(KnownDataset known, IReadOnlyList<string> searchFolders)
    {
        List<string> looked = [];
        IEnumerable<string> folders = searchFolders.Select(folder => Path.Combine(folder, known.Name));
        foreach (string folder in known.SystemFolder is { } system ? folders.Append(system) : folders)
        {
            (ImmutableArray<DataFile> found, ImmutableArray<string> missing) = known.Locate(folder);
            if (missing.IsEmpty)
            {
                return found;
            }

            looked.Add($"{folder} (without {string.Join(", ", missing)})");
        }

        throw new DataException(
            DataProblem.Missing,
            $"The data set {known.Name} is not here; looked in {string.Join(" and ", looked)}; get it with `msr data get {known.Name}`.");
    }

    private static DatasetPair LoadFolder(string folder)
    {
        (DatasetFormat format, ImmutableArray<DataFile> files) = DatasetFolder.Discover(folder);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        (ImageDataset train, ImageDataset test) = Read(format, files, name.Length == 0 ? folder : name, known: null);
        KnownDataset? known = KnownDataset.All.FirstOrDefault(
            candidate => candidate.TrainChecksum == train.Checksum && candidate.TestChecksum == test.Checksum);
        return known is null
            ? new DatasetPair(train, test, Standardization.Of(train))
            : new DatasetPair(train.Named(known), test.Named(known), known.Standardization);
    }

    private static (ImageDataset Train, ImageDataset Test) Read(
        DatasetFormat format, ImmutableArray<DataFile> files, string name, KnownDataset? known)
    {
        ImmutableArray<string> classNames = known?.ClassNames ?? [];
        if (format == DatasetFormat.CifarBinary)
        {
            return (CifarReader.Read(files[..^1], name, classNames), CifarReader.Read(files[^1..], name, classNames));
        }

        ImageDataset train = IdxReader.Read(files[0], files[1], name, known?.ClassNames.Length, classNames);
        ImageDataset test = IdxReader.Read(files[2], files[3], name, train.Classes, classNames);
        return train.Image == test.Image
            ? (train, test)
            : throw new DataException(
                DataProblem.Malformed,
                files[2].Name,
                8,
                $"test images {test.Image} do not match training images {train.Image}; they belong to different sets");
    }
}
