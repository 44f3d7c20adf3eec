using System.Text.Json;

namespace Msr.Conformance.Outside;

/// <summary>A case in the format neutral-case/1: attributes, and tensors by name. Tensors are read when they are asked for.</summary>
public sealed class NeutralCase
{
    /// <summary>The suite of ONNX operators.</summary>
    internal const string Onnx = "onnx";

    private readonly Dictionary<string, NeutralTensor> _tensors = new(StringComparer.Ordinal);

    private NeutralCase(string folder, JsonElement description)
    {
        Id = Text(description, "id") ?? Path.GetFileName(folder);
        Op = Text(description, "op") ?? throw new NeutralFormatException("case.json has no text 'op'");
        Suite = Text(description, "suite") ?? (description.TryGetProperty("nodes", out _) ? Onnx : "torch");
        if (Suite == Onnx)
        {
            // The suite is not run, and its tensors may have extents of 0.
            Attributes = new NeutralAttributes(default);
            return;
        }

        Attributes = new NeutralAttributes(description.TryGetProperty("attrs", out JsonElement attributes) ? attributes : default);
        if (!description.TryGetProperty("tensors", out JsonElement tensors) || tensors.ValueKind != JsonValueKind.Array)
        {
            throw new NeutralFormatException("case.json has no list 'tensors'");
        }

        foreach (NeutralTensor tensor in tensors.EnumerateArray().Select(tensor => NeutralTensor.Open(folder, tensor)))
        {
            if (!_tensors.TryAdd(tensor.Name, tensor))
            {
                throw new NeutralFormatException($"there are two tensors '{tensor.Name}'");
            }
        }
    }

    /// <summary>The name of the case, which is its folder.</summary>
    public string Id { get; }

    /// <summary>The kind of op or network.</summary>
    public string Op { get; }

    /// <summary>What computed it: <c>torch</c> or <c>onnx</c>.</summary>
    public string Suite { get; }

    /// <summary>The attributes of the op.</summary>
    public NeutralAttributes Attributes { get; }

    /// <summary>Its tensors, in the order of the case.</summary>
    public IReadOnlyCollection<NeutralTensor> Tensors => _tensors.Values;

    /// <summary>Opens a case.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="NeutralFormatException">The case is not as it should be; the message says what is wrong.</exception>
    public static NeutralCase Open(string folder)
    {
        string file = Path.Combine(folder, "case.json");
        if (!File.Exists(file))
        {
            throw new NeutralFormatException($"there is no file {file}");
        }

        try
        {
            JsonElement description = JsonElement.Parse(File.ReadAllText(file));
            string? format = description.ValueKind == JsonValueKind.Object ? Text(description, "format") : null;
            return format == NeutralSuite.Format
                ? new NeutralCase(folder, description)
                : throw new NeutralFormatException($"case.json says the format '{format}' instead of '{NeutralSuite.Format}'");
        }
        catch (JsonException error)
        {
            throw new NeutralFormatException($"case.json is no JSON: {NeutralSuite.Sentence(error)}", error);
        }
    }

    /// <summary>Whether there is a tensor of a name.</summary>
    /// <param name="name">The name.</param>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The tensor of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NeutralFormatException">There is none.</exception>
    public NeutralTensor Tensor(string name) =>
        _tensors.TryGetValue(name, out NeutralTensor? tensor) ? tensor : throw new NeutralFormatException($"there is no tensor '{name}'");

    /// <summary>The elements of a tensor, channels first as stored.</summary>
    /// <param name="name">The name.</param>
    public double[] Reals(string name) => Tensor(name).Read();

    /// <summary>The elements of a tensor of integers.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NeutralFormatException">An element is no integer of 32 bits.</exception>
    public int[] Integers(string name)
    {
        double[] values = Reals(name);
        return Array.TrueForAll(values, static value => value == (int)value)
            ? Array.ConvertAll(values, static value => (int)value)
            : throw new NeutralFormatException($"the tensor '{name}' holds something else than integers of 32 bits");
    }

    private static string? Text(JsonElement description, string property) =>
        description.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
