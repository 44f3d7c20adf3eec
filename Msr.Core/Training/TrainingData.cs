using Msr.Core.Data;

namespace Msr.Core.Training;

/// <summary>The data of a training.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Test">What the result is measured on; null for none.</param>
/// <param name="Standardization">The mean and deviation of pixels.</param>
public sealed record TrainingData(ImageDataset Train, ImageDataset? Test, Standardization Standardization)
{
    /// <summary>A part held back from training, by which the best checkpoint is chosen; null for none.</summary>
    public ImageDataset? Validation { get; init; }

    /// <summary>Data without a test set, standardised by its own mean and deviation.</summary>
    /// <param name="train">What is trained on.</param>
    public static TrainingData Of(ImageDataset train) => new(train, null, Standardization.Of(train));
}
