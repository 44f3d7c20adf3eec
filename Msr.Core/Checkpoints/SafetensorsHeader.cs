using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Msr.Core.Checkpoints;

/// <summary>The JSON header of a safetensors file. It has a fixed nesting, so anything deeper is refused where it begins.</summary>
internal sealed class SafetensorsHeader
{
    internal const string MetadataKey = "__metadata__";

    /// <summary>The limit of the format.</summary>
    internal const int LargestLength = 100_000_000;

    // Positions in messages count from the first byte of the file, which begins with the length of the header.
    private const int Start = sizeof(ulong);

    private readonly string _file;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<SafetensorsEntry> _entries = [];

    private SafetensorsHeader(string file) => _file = file;

    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    internal IReadOnlyList<SafetensorsEntry> Entries => _entries;

    /// <exception cref="PlatformNotSupportedException">This processor is big-endian.</exception>
    internal static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Checkpoints are little-endian and this processor is not.");
        }
    }

    internal static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string file)
    {
        SafetensorsHeader header = new(file);
        header.CheckText(json);
        Utf8JsonReader reader = new(json);
        try
        {
            header.ReadAll(ref reader);
            return header;
        }
        catch (JsonException cause)
        {
            string problem = $"the header is not well-formed JSON after byte {Start + reader.BytesConsumed}";
            throw CheckpointException.Malformed(file, problem, cause);
        }
        catch (InvalidOperationException cause)
        {
            // The UTF-8 is valid, so what GetString can still meet is an escape such as \ud800 without its other half.
            string problem = $"the text at byte {Start + reader.TokenStartIndex} escapes half a surrogate pair";
            throw CheckpointException.Malformed(file, problem, cause);
        }
    }

    private void CheckText(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw CheckpointException.Malformed(_file, $"the header does not begin with '{{' at byte {Start}");
        }

        if (Utf8.IsValid(json))
        {
            return;
        }

        int position = 0;
        while (Rune.DecodeFromUtf8(json[position..], out _, out int consumed) == System.Buffers.OperationStatus.Done)
        {
            position += consumed;
        }

        throw CheckpointException.Malformed(_file, $"the header is not valid UTF-8 at byte {Start + position}");
    }

    private void ReadAll(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "the header", name: null);
        while (NextName(ref reader, "the header", owner: null) is { } name)
        {
            if (!_names.Add(name))
            {
                throw Wrong(in reader, $"the name {CheckpointException.Quote(name)} occurs a second time");
            }

            if (name == MetadataKey)
            {
                ReadMetadata(ref reader);
            }
            else
            {
                _entries.Add(ReadEntry(ref reader, name));
            }
        }

        // Only white space may follow; anything else is a JsonException.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataKey, name: null);
        while (NextName(ref reader, MetadataKey, owner: null) is { } key)
        {
            Expect(ref reader, JsonTokenType.String, "metadata", key);
            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Wrong(in reader, $"metadata {CheckpointException.Quote(key)} occurs a second time");
            }
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        SafetensorsDtype? dtype = null;
        ImmutableArray<long>? shape = null;
        ImmutableArray<long>? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, "tensor", name);
        while (NextName(ref reader, "tensor", name) is { } field)
        {
            switch (field)
            {
                case "dtype" when dtype is null: dtype = ReadDtype(ref reader, name); break;
                case "shape" when shape is null: shape = ReadNumbers(ref reader, "shape of tensor", name); break;
                case "data_offsets" when offsets is null: offsets = ReadNumbers(ref reader, "data_offsets of tensor", name); break;
                case "dtype" or "shape" or "data_offsets":
                    throw Wrong(in reader, $"{Where($"{field} of tensor", name)} occurs a second time");
                default: throw Wrong(in reader, $"{Where("tensor", name)} has an unknown field {CheckpointException.Quote(field)}");
            }
        }

        if (offsets is { Length: not 2 })
        {
            throw Wrong(in reader, $"{Where("data_offsets of tensor", name)} are {offsets.Value.Length} numbers, not 2,");
        }

        string? missing = dtype is null ? "dtype" : shape is null ? "shape" : offsets is null ? "data_offsets" : null;
        return missing is null
            ? new SafetensorsEntry(name, dtype!.Value, shape!.Value, offsets!.Value[0], offsets.Value[1])
            : throw Wrong(in reader, $"{Where("tensor", name)} has no {missing}");
    }

    private SafetensorsDtype ReadDtype(ref Utf8JsonReader reader, string tensor)
    {
        Expect(ref reader, JsonTokenType.String, "dtype of tensor", tensor);
        string name = reader.GetString()!;
        if (DtypeTable.Parse(name) is { } dtype)
        {
            return dtype;
        }

        string quoted = CheckpointException.Quote(name);
        throw DtypeTable.IsForeign(name)
            ? new CheckpointException(
                CheckpointFault.Unsupported,
                _file,
                $"{Where("tensor", tensor)} holds {quoted}, and Msr reads only {DtypeTable.Known}; convert it before saving")
            : Wrong(in reader, $"{Where("dtype of tensor", tensor)} is {quoted}, which the format does not know,");
    }

    private ImmutableArray<long> ReadNumbers(ref Utf8JsonReader reader, string kind, string name)
    {
        Expect(ref reader, JsonTokenType.StartArray, kind, name);
        ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
            {
                throw Wrong(in reader, $"{Where(kind, name)} holds something else than integers from 0 to 2⁶³ − 1");
            }

            if (numbers.Count == CheckpointTensor.MaximumRank)
            {
                throw Wrong(in reader, $"{Where(kind, name)} holds more than {CheckpointTensor.MaximumRank} numbers");
            }

            numbers.Add(number);
        }

        return numbers.DrainToImmutable();
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string kind, string? name)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw Wrong(in reader, $"{Where(kind, name)} is {Words(reader.TokenType)} instead of {Words(type)}");
        }
    }

    /// <summary>The next name of the object that is being read; null at its end.</summary>
    private string? NextName(ref Utf8JsonReader reader, string kind, string? owner) =>
        !reader.Read() ? throw Wrong(in reader, $"{Where(kind, owner)} does not end")
        : reader.TokenType == JsonTokenType.EndObject ? null
        : reader.GetString();

    private CheckpointException Wrong(ref readonly Utf8JsonReader reader, string problem) =>
        CheckpointException.Malformed(_file, $"{problem} at byte {Start + reader.TokenStartIndex}");

    // Put together only when something is wrong: a header may have a million names.
    private static string Where(string kind, string? name) => name is null ? kind : $"{kind} {CheckpointException.Quote(name)}";

    private static string Words(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        _ => "nothing",
    };
}

/// <summary>The header's entry for one tensor; begin and end count from the first byte of the data.</summary>
internal readonly record struct SafetensorsEntry(string Name, SafetensorsDtype Dtype, ImmutableArray<long> Shape, long Begin, long End);
