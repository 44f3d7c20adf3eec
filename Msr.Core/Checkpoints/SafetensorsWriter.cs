using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Msr.Core.Checkpoints;

/// <summary>
/// Writes the safetensors format: the length of the header (64 bits, little-endian), the header (JSON, padded with spaces so that the data
/// begin at a multiple of 8), and the data without gaps. The same content gives the same bytes.
/// </summary>
/// <remarks>Source: https://github.com/huggingface/safetensors, section "Format".</remarks>
public static class SafetensorsWriter
{
    // Configurations are JSON within JSON: with the default encoder every quote would take six characters.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file so that it is there as a whole or not at all, see <see cref="AtomicFile"/>.</summary>
    /// <param name="path">The file, replaced if it exists.</param>
    /// <param name="content">What to write.</param>
    /// <exception cref="StorageException">The disk is full, gone or not permitted.</exception>
    public static void Write(string path, SafetensorsFile content) => AtomicFile.Write(path, stream => Write(stream, content));

    /// <summary>Writes to a stream, holding one tensor in memory at a time.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="content">What to write.</param>
    /// <exception cref="ArgumentException">The header would be larger than the format allows.</exception>
    public static void Write(Stream stream, SafetensorsFile content)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(content);
        SafetensorsHeader.RequireLittleEndian();
        WriteHeader(stream, content);
        long largest = content.Tensors.Count == 0 ? 0 : content.Tensors.Max(tensor => tensor.ByteLength);
        byte[] buffer = new byte[largest];
        foreach (CheckpointTensor tensor in content.Tensors)
        {
            Span<byte> bytes = buffer.AsSpan(0, (int)tensor.ByteLength);
            tensor.CopyBytesTo(bytes);
            stream.Write(bytes);
        }
    }

    private static void WriteHeader(Stream stream, SafetensorsFile content)
    {
        ArrayBufferWriter<byte> header = new();
        using (Utf8JsonWriter json = new(header, Json))
        {
            json.WriteStartObject();
            WriteMetadata(json, content.Metadata);
            long begin = 0;
            foreach (CheckpointTensor tensor in content.Tensors)
            {
                WriteEntry(json, tensor, begin);
                begin += tensor.ByteLength;
            }

            json.WriteEndObject();
        }

        int padding = -header.WrittenCount & 7;
        header.GetSpan(padding)[..padding].Fill((byte)' ');
        header.Advance(padding);
        if (header.WrittenCount > SafetensorsHeader.LargestLength)
        {
            string problem = $"The header would take {header.WrittenCount} bytes of at most {SafetensorsHeader.LargestLength}.";
            throw new ArgumentException(problem, nameof(content));
        }

        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.WrittenCount);
        stream.Write(length);
        stream.Write(header.WrittenSpan);
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach ((string key, string value) in metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, CheckpointTensor tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", DtypeTable.Name(tensor.Dtype));
        json.WriteStartArray("shape");
        foreach (long extent in tensor.Shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + tensor.ByteLength);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
