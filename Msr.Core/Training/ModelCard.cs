using System.Collections.Immutable;
using System.Text.Json;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Layers;
using Msr.Core.Numerics;

namespace Msr.Core.Training;

/// <summary>A checkpoint's description of its model besides the tensors: enough to build the network again and to feed it.</summary>
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
                CheckpointFault.Mismatch, checkpoint.Origin, "holds bare weights without a model description, and msr reads only its own checkpoints; name one that msr train wrote");
        }

        try
        {
            ModelCard card = JsonSerializer.Deserialize(checkpoint.Config, TrainingJson.Default.ModelCard)
                ?? throw new JsonException("it is null.");
            card = card with { Options = card.Options is null ? null! : card.Options with { IsStored = true } };
            card.Validate();
            return card;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new CheckpointException(
                CheckpointFault.Malformed,
                checkpoint.Origin,
                $"its model description cannot be read: {error.Message.TrimEnd('.')}; the file is damaged, take another checkpoint",
                error);
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

    /// <summary>Reading leaves out what the text leaves out; what is used later must be there and fit.</summary>
    private void Validate()
    {
        if (Options is null || Image.IsDefault || Mean.IsDefault || Deviation.IsDefault || Data is null || DataChecksum is null)
        {
            throw new JsonException("options, image, mean, deviation, data or dataChecksum is absent.");
        }

        Options.Validate();
        if (Image.Length != 3 || Standardization.Channels != ImageShape.Inner)
        {
            throw new JsonException($"images [{string.Join(", ", Image)}] and {Mean.Length} means do not fit: an image is [H, W, C], with a mean a channel.");
        }

        if (!ClassNames.IsDefaultOrEmpty && (ClassNames.Length != Classes || ClassNames.Any(static name => name is null)))
        {
            throw new JsonException($"{ClassNames.Length} class names do not fit {Classes} classes.");
        }

        CreateNetwork();
    }
}
