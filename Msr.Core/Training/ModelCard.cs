using System.Collections.Immutable;
using System.Text.Json;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Layers;
using Msr.Core.Numerics;

namespace Msr.Core.Training;

/// <summary>What a checkpoint says of its model besides the tensors: enough to build the network again and to feed it.</summary>
/// <param name="Options">The options of the training.</param>
/// <param name="Image">The shape of an image, [H, W, C].</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="ClassNames">The name of each class, or nothing.</param>
/// <param name="Mean">Mean of each channel, of pixels from 0 to 1.</param>
/// <param name="Deviation">Standard deviation of each channel.</param>
/// <param name="Data">The name of the training set.</param>
/// <param name="DataChecksum">Its checksum.</param>
public sealed record ModelCard(
    TrainingOptions Options,
    ImmutableArray<int> Image,
    int Classes,
    ImmutableArray<string> ClassNames,
    ImmutableArray<double> Mean,
    ImmutableArray<double> Deviation,
    string Data,
    string DataChecksum)
{
    /// <summary>The card of a training.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="data">Its data.</param>
    public static ModelCard Of(TrainingOptions options, TrainingData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new ModelCard(
            options,
            data.Train.Image.Extents,
            data.Train.Classes,
            data.Train.ClassNames,
            data.Standardization.Mean,
            data.Standardization.Deviation,
            data.Train.Name,
            data.Train.Checksum);
    }

    /// <summary>Reads the card of a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="CheckpointException">It has none, or it is damaged.</exception>
    public static ModelCard Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.IsForeign)
        {
            throw new CheckpointException(
                CheckpointFault.Mismatch, checkpoint.Origin, "holds bare weights without a model description; train from it instead");
        }

        try
        {
            ModelCard card = JsonSerializer.Deserialize(checkpoint.Config, TrainingJson.Default.ModelCard)
                ?? throw new JsonException("it is null");
            card.CreateNetwork();
            return card;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException)
        {
            throw new CheckpointException(
                CheckpointFault.Malformed, checkpoint.Origin, $"its model description cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The network that the card describes.</summary>
    public Network CreateNetwork() => Options.CreateNetwork(ImageShape, Classes);

    /// <summary>The shape of an image, [H, W, C].</summary>
    internal Shape ImageShape => new(Image.AsSpan());

    /// <summary>The mean and deviation that images are standardised by.</summary>
    internal Standardization Standardization => new(Mean, Deviation);

    /// <summary>The card as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TrainingJson.Default.ModelCard);
}
