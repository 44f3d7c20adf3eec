using Msr.Core.Data;
using Msr.Core.Numerics;
using static PropertyTests.Data.Samples;

namespace PropertyTests.Data;

public class DatasetCatalogTests
{
    [Fact]
    public void A_folder_of_idx_files_loads_plain_or_packed_with_its_own_standardisation()
    {
        using TemporaryFolder folder = new();
        WriteIdx(folder, 5);
        DatasetPair pair = DatasetCatalog.Load(folder.Path);
        Assert.Equal((20, 8, 5), (pair.Train.Count, pair.Test.Count, pair.Test.Classes));
        Assert.Equal(Path.GetFileName(folder.Path), pair.Train.Name);
        Assert.Equal(Standardization.Of(pair.Train).Mean.AsEnumerable(), pair.Standardization.Mean.AsEnumerable());
    }

    [Fact]
    public void A_folder_of_CIFAR_files_loads_its_batches_in_the_order_of_their_numbers()
    {
        using TemporaryFolder folder = new();
        foreach (int batch in new[] { 10, 2, 1 })
        {
            folder.Write($"data_batch_{batch}.bin", Cifar(1).With(0, (byte)(batch % 10)));
        }

        folder.Write("test_batch.bin", Cifar(2));
        DatasetPair pair = DatasetCatalog.Load(folder.Path);
        Assert.Equal([1, 2, 0], pair.Train.Labels.ToArray());
        Assert.Equal((2, new Shape(32, 32, 3)), (pair.Test.Count, pair.Test.Image));
    }

    [Fact]
    public void CIFAR_files_may_be_packed_and_a_plain_one_comes_first()
    {
        using TemporaryFolder folder = new();
        folder.Write("data_batch_1.bin.gz", Gzip(Cifar(1).With(0, 5)));
        folder.Write("data_batch_2.bin", Cifar(1).With(0, 6));
        folder.Write("data_batch_2.bin.gz", Gzip(Cifar(1).With(0, 7)));
        folder.Write("test_batch.bin.gz", Gzip(Cifar(2)));
        DatasetPair pair = DatasetCatalog.Load(folder.Path);
        Assert.Equal([5, 6], pair.Train.Labels.ToArray());
        Assert.Equal(2, pair.Test.Count);
    }

    [Fact]
    public void A_test_label_that_training_has_not_is_refused()
    {
        using TemporaryFolder folder = new();
        WriteIdx(folder, 5);
        folder.Write("t10k-labels-idx1-ubyte", [.. BigEndian(2049), .. BigEndian(8), 0, 1, 2, 3, 4, 5, 0, 0]);
        DataException error = Assert.Throws<DataException>(() => DatasetCatalog.Load(folder.Path));
        Assert.Equal((DataProblem.Malformed, 13L), (error.Problem, error.ByteOffset));
    }

    [Fact]
    public void Test_images_of_another_shape_are_refused()
    {
        using TemporaryFolder folder = new();
        WriteIdx(folder, 5);
        folder.Write("t10k-images-idx3-ubyte", IdxImages(8, 5, 4));
        DataException error = Assert.Throws<DataException>(() => DatasetCatalog.Load(folder.Path));
        Assert.Contains("test images [5, 4, 1] do not match training images [4, 5, 1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_set_that_is_nowhere_says_where_it_was_sought_and_how_to_get_it()
    {
        using TemporaryFolder folder = new();
        folder.Write("cifar10/test_batch.bin", Cifar(1));
        DataException error = Assert.Throws<DataException>(() => DatasetCatalog.Load("cifar10", folder.Path, "/nowhere"));
        Assert.Equal(DataProblem.Missing, error.Problem);
        Assert.Contains($"{folder.Path}/cifar10 (without data_batch_1.bin, data_batch_2.bin,", error.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/cifar10 (without", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("get it with `msr data get cifar10`.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_set_with_other_content_is_refused_by_its_sum()
    {
        using TemporaryFolder folder = new();
        foreach (KnownFile file in KnownDataset.Cifar10.Files)
        {
            folder.Write($"cifar10/{file.Name}", Cifar(1));
        }

        DataException error = Assert.Throws<DataException>(() => DatasetCatalog.Load("cifar10", folder.Path));
        Assert.Equal(DataProblem.Malformed, error.Problem);
        Assert.StartsWith($"{folder.Path}/cifar10/data_batch_1.bin: the MD5 sum of the content is ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("but it should be 5dd7e06a14cb22eb9f671a540d1b7c25; fetch the file again.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_an_empty_folder_and_a_part_of_a_set_are_missing()
    {
        using TemporaryFolder folder = new();
        IsMissing("/no/where", "There is no data set '/no/where': it is no folder, and the names are fashion-mini, fashion-mnist, mnist, cifar10.");
        IsMissing(folder.Path, $"{folder.Path} holds no data set: put {{train,t10k}}-{{images-idx3,labels-idx1}}-ubyte[.gz] there,");
        folder.Write("data_batch_1.bin", Cifar(1));
        IsMissing(folder.Path, $"{folder.Path} holds a part of a data set, but not test_batch.bin;");
        folder.Write("train-images-idx3-ubyte", IdxImages(1, 2, 2));
        IsMissing(folder.Path, $"{folder.Path} holds a part of a data set, but not train-labels-idx1-ubyte, t10k-images-idx3-ubyte,");
    }

    private static void IsMissing(string folder, string start)
    {
        DataException error = Assert.Throws<DataException>(() => DatasetCatalog.Load(folder));
        Assert.Equal(DataProblem.Missing, error.Problem);
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
    }

    private static void WriteIdx(TemporaryFolder folder, int classes)
    {
        folder.Write("train-images-idx3-ubyte.gz", Gzip(IdxImages(20, 4, 5)));
        folder.Write("train-labels-idx1-ubyte", IdxLabels(20, classes).With(8, (byte)(classes - 1)));
        folder.Write("t10k-images.idx3-ubyte", IdxImages(8, 4, 5));
        folder.Write("t10k-labels-idx1-ubyte", IdxLabels(8, classes));
    }
}
