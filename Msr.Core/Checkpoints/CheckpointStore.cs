using System.Collections.ObjectModel;

namespace Msr.Core.Checkpoints;

/// <summary>Saves and loads checkpoints as safetensors files that other programs can read too.</summary>
public static class CheckpointStore
{
    /// <summary>Writes a checkpoint, replacing the file as a whole or not at all; the same checkpoint gives the same bytes.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="checkpoint">What to write; elements are fetched tensor by tensor, in the order given.</param>
    /// <exception cref="ArgumentException">A parameter's name begins with <c>optimizer/</c>, or a text is no valid Unicode.</exception>
    /// <exception cref="StorageException">The disk is full, gone or not permitted; the old file is untouched.</exception>
    public static void Save(string path, Checkpoint checkpoint) => SafetensorsWriter.Write(path, CheckpointFormat.Encode(checkpoint));

    /// <summary>Writes a checkpoint to a stream.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="checkpoint">What to write.</param>
    /// <exception cref="ArgumentException">A parameter's name begins with <c>optimizer/</c>, or a text is no valid Unicode.</exception>
    public static void Save(Stream stream, Checkpoint checkpoint) => SafetensorsWriter.Write(stream, CheckpointFormat.Encode(checkpoint));

    /// <summary>Reads a checkpoint, or the weights in a safetensors file that another program wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is missing, malformed, or of a version this program does not know.</exception>
    /// <exception cref="StorageException">The disk failed, or reading is not permitted.</exception>
    public static Checkpoint Load(string path) => CheckpointFormat.Decode(SafetensorsReader.Read(path), path);

    /// <summary>Reads a checkpoint from a stream, forward only.</summary>
    /// <param name="stream">The stream, at the beginning of the checkpoint; it stays open.</param>
    /// <param name="length">The number of bytes of the checkpoint.</param>
    /// <param name="displayName">How messages call the source.</param>
    /// <exception cref="CheckpointException">The content is malformed, or of a version this program does not know.</exception>
    /// <exception cref="StorageException">The stream failed.</exception>
    public static Checkpoint Load(Stream stream, long length, string displayName) =>
        CheckpointFormat.Decode(SafetensorsReader.Read(stream, length, displayName), displayName);
}

/// <summary>The content of a safetensors file: text metadata and named tensors, both in the order of the file.</summary>
public sealed class SafetensorsFile
{
    /// <summary>Puts a file together.</summary>
    /// <param name="metadata">The metadata, in the order in which it is written.</param>
    /// <param name="tensors">The tensors, in the order in which they are written.</param>
    /// <exception cref="ArgumentException">
    /// A metadata key occurs twice, a text is no valid Unicode, or a tensor has the reserved name <c>__metadata__</c>.
    /// </exception>
    public SafetensorsFile(IEnumerable<KeyValuePair<string, string>> metadata, TensorSet tensors)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.TryGet(SafetensorsHeader.MetadataKey, out _))
        {
            throw new ArgumentException($"No tensor may be called '{SafetensorsHeader.MetadataKey}'.", nameof(tensors));
        }

        OrderedDictionary<string, string> ordered = new(StringComparer.Ordinal);
        foreach ((string key, string value) in metadata)
        {
            ordered.Add(CheckpointTensor.CheckText(key, nameof(metadata)), CheckpointTensor.CheckText(value, nameof(metadata)));
        }

        Metadata = new ReadOnlyDictionary<string, string>(ordered);
        Tensors = tensors;
    }

    /// <summary>The metadata, enumerated in the order of the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors, in the order of their data.</summary>
    public TensorSet Tensors { get; }
}
