using System.Collections.Immutable;

namespace Msr.Core.Data;

/// <summary>A public data set that Msr knows by name: its files with their sums, its classes and its standardisation.</summary>
public sealed record KnownDataset
{
    private static readonly ImmutableArray<string> s_garments =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    private static readonly ImmutableArray<string> s_digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private static readonly ImmutableArray<string> s_things =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private static readonly Augmentation s_mirrored = new(Flip: true, CropPadding: 0);

    private KnownDataset()
    {
    }

    /// <summary>
    /// Part of this program: the first 1,000 training and the first 200 test images of every class of Fashion-MNIST, in their original
    /// order.
    /// </summary>
    public static KnownDataset FashionMini { get; } = new()
    {
        Name = "fashion-mini",
        Format = DatasetFormat.Idx,
        ClassNames = s_garments,
        Standardization = Grey(0.2860, 0.3530),
        Augmentation = s_mirrored,
        Files =
        [
            new("fashion-mini-train-images-idx3-ubyte", "dcab80f289ae27ab265a1e83946f0a1c"),
            new("fashion-mini-train-labels-idx1-ubyte", "611c8ef3426a757a9375a0ac94541d26"),
            new("fashion-mini-test-images-idx3-ubyte", "4bb4107a89a38933fbbdd67584195c68"),
            new("fashion-mini-test-labels-idx1-ubyte", "84e2038f7beda4c0f4093bde29339f63"),
        ],
        TrainChecksum = "73194a0c06a93deab58b95e00e618cc5c80fb5c9a84df26bbc429eeb3507846a",
        TestChecksum = "8e8b02fc2db0ff9ed2d481ff30f8bd7cc5c88205cb131d7f4a0c19448f6957c9",
        IsEmbedded = true,
    };

    /// <summary>Fashion-MNIST: 60,000 + 10,000 grey images 28×28 of garments, MIT licence, Zalando SE 2017.</summary>
    public static KnownDataset FashionMnist { get; } = new()
    {
        Name = "fashion-mnist",
        Format = DatasetFormat.Idx,
        ClassNames = s_garments,
        Standardization = Grey(0.2860, 0.3530),
        Augmentation = s_mirrored,
        Files = IdxFiles(
            "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "9018921c3c673c538a1fc5bad174d6f9",
            "8181f5470baa50b63fa0f6fddb340f0a",
            "15d484375f8d13e6eb1aabb0c3f46965"),
        TrainChecksum = "16d82e2b505296aa2b78bd5ea0992634f30419a4c97def7c907d154a35ac6157",
        TestChecksum = "9f1ec356a747bfe4ebab3cfb722d3694c9ca737e2570f6f90cf31d7b6fd689d4",
        SystemFolder = "/usr/share/datasets/fashion-mnist",
    };

    /// <summary>MNIST: 60,000 + 10,000 grey images 28×28 of digits, LeCun, Cortes and Burges.</summary>
    public static KnownDataset Mnist { get; } = new()
    {
        Name = "mnist",
        Format = DatasetFormat.Idx,
        ClassNames = s_digits,
        Standardization = Grey(0.1307, 0.3081),
        Files = IdxFiles(
            "6bbc9ace898e44ae57da46a324031adb",
            "a25bea736e30d166cdddb491f175f624",
            "2646ac647ad5339dbf082846283269ea",
            "27ae3e4e09519cfbb04c329615203637"),
        TrainChecksum = "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b",
        TestChecksum = "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b",
    };

    /// <summary>CIFAR-10: 50,000 + 10,000 colour images 32×32 of animals and vehicles, Krizhevsky 2009; no licence is stated.</summary>
    public static KnownDataset Cifar10 { get; } = new()
    {
        Name = "cifar10",
        Format = DatasetFormat.CifarBinary,
        ClassNames = s_things,
        Standardization = new([0.49140, 0.48216, 0.44653], [0.24703, 0.24349, 0.26159]),
        Augmentation = Augmentation.Standard,
        Files =
        [
            new("data_batch_1.bin", "5dd7e06a14cb22eb9f671a540d1b7c25"),
            new("data_batch_2.bin", "5ea93a67294ea407fff1d09f752e9692"),
            new("data_batch_3.bin", "942cd6a4bcdd0dd3c604fbe906cb4421"),
            new("data_batch_4.bin", "ae636b3ba5c66a11e91e8cb52e771fcb"),
            new("data_batch_5.bin", "53f37980c15c3d472c316c40844f3f0d"),
            new("test_batch.bin", "803d5f7f4d78ea53de84dbe85f74fb6d"),
        ],
        TrainChecksum = "f912919bdea371136f1aa4feed6beeca728015a5f08b1899a29c932a7e30be2b",
        TestChecksum = "8193b3fbce55bec361cd1b8fd4880cb1649832dc4d6de6da1e7a21847a4843aa",
    };

    /// <summary>All known data sets, the embedded one first.</summary>
    public static ImmutableArray<KnownDataset> All { get; } = [FashionMini, FashionMnist, Mnist, Cifar10];

    /// <summary>The name a user gives.</summary>
    public required string Name { get; init; }

    /// <summary>The layout of the files.</summary>
    public required DatasetFormat Format { get; init; }

    /// <summary>The files: those to train on first, those to test with last; of idx files, images before labels.</summary>
    public required ImmutableArray<KnownFile> Files { get; init; }

    /// <summary>The name of each class.</summary>
    public required ImmutableArray<string> ClassNames { get; init; }

    /// <summary>The standardisation in use in the literature.</summary>
    public required Standardization Standardization { get; init; }

    /// <summary>The augmentation that suits the images unless told otherwise: garments may be mirrored, digits may not.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.None;

    /// <summary>The <see cref="ImageDataset.Checksum"/> of the training images.</summary>
    public required string TrainChecksum { get; init; }

    /// <summary>The <see cref="ImageDataset.Checksum"/> of the test images.</summary>
    public required string TestChecksum { get; init; }

    /// <summary>Whether the files are part of this assembly.</summary>
    public bool IsEmbedded { get; init; }

    /// <summary>A folder in which an operating system's package puts the files, or null.</summary>
    public string? SystemFolder { get; init; }

    /// <summary>The known data set of a name.</summary>
    /// <param name="name">The name, as a user gives it.</param>
    /// <returns>The data set, or null.</returns>
    public static KnownDataset? Find(string name) => All.FirstOrDefault(known => known.Name == name);

    /// <summary>The files of this set in a folder, with the sums that they must have; nothing is read.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The files found, in the set's order, and the names of those that are not there.</returns>
    public (ImmutableArray<DataFile> Found, ImmutableArray<string> Missing) Locate(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var found = ImmutableArray.CreateBuilder<DataFile>();
        var missing = ImmutableArray.CreateBuilder<string>();
        foreach (KnownFile file in Files)
        {
            if (DatasetFolder.Find(folder, file.Name) is { } path)
            {
                found.Add(DataFile.OnDisk(path, file.Md5));
            }
            else
            {
                missing.Add(file.Name);
            }
        }

        return (found.ToImmutable(), missing.ToImmutable());
    }

    /// <summary>The contents of a file by its checksum: <c>train-images-idx3-ubyte of mnist</c>; null if unknown.</summary>
    internal static string? NameOfContent(string md5) =>
        (from known in All from file in known.Files where file.Md5 == md5 select $"{file.Name} of {known.Name}").FirstOrDefault();

    private static Standardization Grey(double mean, double deviation) => new([mean], [deviation]);

    private static ImmutableArray<KnownFile> IdxFiles(string trainImages, string trainLabels, string testImages, string testLabels) =>
    [
        new("train-images-idx3-ubyte", trainImages),
        new("train-labels-idx1-ubyte", trainLabels),
        new("t10k-images-idx3-ubyte", testImages),
        new("t10k-labels-idx1-ubyte", testLabels),
    ];
}

/// <summary>A file of a known data set.</summary>
/// <param name="Name">Its name without folder; on disk it may have the suffix <c>.gz</c>.</param>
/// <param name="Md5">The MD5 sum of its uncompressed content, in lower-case hexadecimal.</param>
public sealed record KnownFile(string Name, string Md5);
