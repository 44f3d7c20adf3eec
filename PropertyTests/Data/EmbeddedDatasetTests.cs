using Msr.Core.Data;

namespace PropertyTests.Data;

public class EmbeddedDatasetTests
{
    [Fact]
    public void The_embedded_set_loads_without_any_file_and_is_balanced()
    {
        DatasetPair mini = DatasetCatalog.Load("fashion-mini", "/nowhere");
        Assert.Equal((10_000, 2_000), (mini.Train.Count, mini.Test.Count));
        Assert.All(mini.Train.Labels.ToArray().CountBy(label => label), pair => Assert.Equal(1_000, pair.Value));
        Assert.All(mini.Test.Labels.ToArray().CountBy(label => label), pair => Assert.Equal(200, pair.Value));
        Assert.Equal((KnownDataset.FashionMini.TrainChecksum, KnownDataset.FashionMini.TestChecksum), (mini.Train.Checksum, mini.Test.Checksum));
        Assert.Equal(10, mini.Train.ClassNames.Length);
    }

    [Fact]
    public void The_licence_travels_with_the_images()
    {
        using Stream licence = typeof(DatasetCatalog).Assembly.GetManifestResourceStream("LICENSE.fashion-mnist.txt")!;
        string text = new StreamReader(licence).ReadToEnd();
        Assert.Contains("Copyright © 2017 Zalando SE", text, StringComparison.Ordinal);
        Assert.Contains("Permission is hereby granted, free of charge", text, StringComparison.Ordinal);
    }

    [DebianFilesFact]
    public void The_embedded_set_is_the_first_images_of_every_class_of_Fashion_MNIST()
    {
        DatasetPair mini = DatasetCatalog.Load("fashion-mini");
        DatasetPair whole = DatasetCatalog.Load("fashion-mnist", "/nowhere");
        IsSelection(mini.Train, whole.Train, 1_000);
        IsSelection(mini.Test, whole.Test, 200);
    }

    [DebianFilesFact]
    public void A_folder_with_a_known_set_is_recognised_by_its_content()
    {
        DatasetPair pair = DatasetCatalog.Load(KnownDataset.FashionMnist.SystemFolder!);
        Assert.Equal("fashion-mnist", pair.Train.Name);
        Assert.Equal("Ankle boot", pair.Test.ClassNames[9]);
        Assert.Equal(KnownDataset.FashionMnist.Standardization, pair.Standardization);
    }

    private static void IsSelection(ImageDataset mini, ImageDataset whole, int perClass)
    {
        int[] taken = new int[10];
        int next = 0;
        for (int index = 0; index < whole.Count; index++)
        {
            int label = whole.Labels[index];
            if (taken[label]++ < perClass)
            {
                Assert.Equal(label, mini.Labels[next]);
                Assert.True(whole.PixelsOf(index).SequenceEqual(mini.PixelsOf(next)), $"image {next}");
                next++;
            }
        }

        Assert.Equal(mini.Count, next);
    }
}
