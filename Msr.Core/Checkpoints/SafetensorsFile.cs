using System.Collections.ObjectModel;

namespace Msr.Core.Checkpoints;

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
