namespace Msr.Core.Data;

/// <summary>What a training run needs of a data set.</summary>
/// <param name="Train">The images to train on.</param>
/// <param name="Test">The images to judge by; same shape and classes.</param>
/// <param name="Standardization">The map from bytes to numbers for both.</param>
public sealed record DatasetPair(ImageDataset Train, ImageDataset Test, Standardization Standardization);
