using System.Buffers.Binary;
using System.Text.Json;
using Msr.Core.Numerics;

namespace Msr.Conformance.Stored;

/// <summary>A case in the format neutral-case/1: attributes, and tensors by name. Tensors are read when they are asked for.</summary>
public sealed class StoredCase
{
    /// <summary>The suite of ONNX operators.</summary>
    internal const string Onnx = "onnx";

    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);

    private StoredCase(string folder, JsonElement description)
    {
        Id = Text(description, "id") ?? Path.GetFileName(folder);
        Op = Text(description, "op") ?? throw new StoredFormatException("case.json has no text 'op'");
        Suite = Text(description, "suite") ?? (description.TryGetProperty("nodes", out _) ? Onnx : "torch");
        if (Suite == Onnx)
        {
            // The suite is not run, and its tensors may have extents of 0.
            Attributes = new StoredAttributes(default);
            return;
        }

        Attributes = new StoredAttributes(description.TryGetProperty("attrs", out JsonElement attributes) ? attributes : default);
        if (!description.TryGetProperty("tensors", out JsonElement tensors) || tensors.ValueKind != JsonValueKind.Array)
        {
            throw new StoredFormatException("case.json has no list 'tensors'");
        }

        foreach (StoredTensor tensor in tensors.EnumerateArray().Select(tensor => StoredTensor.Open(folder, tensor)))
        {
            if (!_tensors.TryAdd(tensor.Name, tensor))
            {
                throw new StoredFormatException($"there are two tensors '{tensor.Name}'");
            }
        }
    }

    /// <summary>The name of the case, which is its folder.</summary>
    public string Id { get; }

    /// <summary>The kind of op or network.</summary>
    public string Op { get; }

    /// <summary>The system that computed it: <c>torch</c> or <c>onnx</c>.</summary>
    public string Suite { get; }

    /// <summary>The attributes of the op.</summary>
    public StoredAttributes Attributes { get; }

    /// <summary>Its tensors, in the order of the case.</summary>
    public IReadOnlyCollection<StoredTensor> Tensors => _tensors.Values;

    /// <summary>Opens a case.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="StoredFormatException">The case is not as it should be; the message says what is wrong.</exception>
    public static StoredCase Open(string folder)
    {
        string file = Path.Combine(folder, "case.json");
        if (!File.Exists(file))
        {
            throw new StoredFormatException($"there is no file {file}");
        }

        try
        {
            JsonElement description = JsonElement.Parse(File.ReadAllText(file));
            string? format = description.ValueKind == JsonValueKind.Object ? Text(description, "format") : null;
            return format == StoredSuite.Format
                ? new StoredCase(folder, description)
                : throw new StoredFormatException($"case.json says the format '{format}' instead of '{StoredSuite.Format}'");
        }
        catch (JsonException error)
        {
            throw new StoredFormatException($"case.json is no JSON: {StoredSuite.Sentence(error)}", error);
        }
    }

    /// <summary>Whether there is a tensor of a name.</summary>
    /// <param name="name">The name.</param>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The tensor of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="StoredFormatException">There is none.</exception>
    public StoredTensor Tensor(string name) =>
        _tensors.TryGetValue(name, out StoredTensor? tensor) ? tensor : throw new StoredFormatException($"there is no tensor '{name}'");

    /// <summary>The elements of a tensor, channels first as stored.</summary>
    /// <param name="name">The name.</param>
    public double[] Reals(string name) => Tensor(name).Read();

    /// <summary>The elements of a tensor of integers.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="StoredFormatException">An element is no integer of 32 bits.</exception>
    public int[] Integers(string name)
    {
        double[] values = Reals(name);
        return Array.TrueForAll(values, static value => value == (int)value)
            ? Array.ConvertAll(values, static value => (int)value)
            : throw new StoredFormatException($"the tensor '{name}' holds something else than integers of 32 bits");
    }

    private static string? Text(JsonElement description, string property) =>
        description.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>The attributes of a stored case. What is absent or null has its default.</summary>
/// <param name="json">The object; nothing where the case has none.</param>
public sealed class StoredAttributes(JsonElement json)
{
    /// <summary>Whether there is an attribute that is not null.</summary>
    /// <param name="name">Its name.</param>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>An attribute that is a number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent; none if it must be there.</param>
    /// <exception cref="StoredFormatException">It is missing, or no number.</exception>
    public double Number(string name, double? absent = null) => Find(name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        null when absent is { } value => value,
        null => throw new StoredFormatException($"the attribute '{name}' is missing"),
        _ => throw new StoredFormatException($"the attribute '{name}' is no number"),
    };

    /// <summary>An attribute that is a whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent; none if it must be there.</param>
    /// <exception cref="StoredFormatException">It is missing, or no whole number.</exception>
    public int Integer(string name, int? absent = null)
    {
        double number = Number(name, absent);
        return number == (int)number ? (int)number : throw new StoredFormatException($"the attribute '{name}' is no whole number");
    }

    /// <summary>An attribute that is on or off.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent.</param>
    /// <exception cref="StoredFormatException">It is neither.</exception>
    public bool Flag(string name, bool absent = false) => Find(name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        null => absent,
        _ => throw new StoredFormatException($"the attribute '{name}' is neither true nor false"),
    };

    /// <summary>An attribute that is a text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent.</param>
    /// <exception cref="StoredFormatException">It is no text.</exception>
    public string Text(string name, string absent) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        null => absent,
        _ => throw new StoredFormatException($"the attribute '{name}' is no text"),
    };

    /// <summary>An attribute that is a list of whole numbers, or one number that stands for all of them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent; its length is the one that is needed.</param>
    /// <exception cref="StoredFormatException">It is not that.</exception>
    public int[] Integers(string name, params int[] absent)
    {
        ArgumentNullException.ThrowIfNull(absent);
        double[]? given = Find(name) switch
        {
            { ValueKind: JsonValueKind.Number } number => [.. Enumerable.Repeat(number.GetDouble(), absent.Length)],
            null => null,
            _ => Numbers(name),
        };
        return given is null ? absent
            : given.Length == absent.Length && Array.TrueForAll(given, static number => number == (int)number) ? Array.ConvertAll(given, static number => (int)number)
            : throw new StoredFormatException($"the attribute '{name}' is no list of {absent.Length} whole numbers");
    }

    /// <summary>A pair of integers, vertical first.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">The first where it is absent.</param>
    /// <param name="second">The second where it is absent.</param>
    public (int First, int Second) Pair(string name, int first, int second) => Integers(name, first, second) is [int a, int b] ? (a, b) : (first, second);

    /// <summary>An attribute that is a list of numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="StoredFormatException">It is not that.</exception>
    public double[] Numbers(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.Number)
            ? [.. list.EnumerateArray().Select(static item => item.GetDouble())]
            : throw new StoredFormatException($"the attribute '{name}' is no list of numbers");

    /// <summary>Whether an attribute is a list.</summary>
    /// <param name="name">Its name.</param>
    public bool IsList(string name) => Find(name) is { ValueKind: JsonValueKind.Array };

    /// <summary>An attribute that has attributes of its own.</summary>
    /// <param name="name">Its name.</param>
    public StoredAttributes Group(string name) => new(Find(name) ?? default);

    /// <summary>
    /// Names of attributes beside the known ones that may change the result: not those that are off, 0 or null, nor sentences, which
    /// describe.
    /// </summary>
    /// <param name="known">The known ones.</param>
    public IEnumerable<string> Unknown(params IReadOnlyCollection<string> known) => json.ValueKind != JsonValueKind.Object
        ? []
        : json.EnumerateObject().Where(property => !known.Contains(property.Name, StringComparer.Ordinal) && Matters(property.Value)).Select(static p => p.Name);

    private static bool Matters(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Number => value.GetDouble() != 0,
        JsonValueKind.String => value.GetString() is { Length: > 0 } text && !text.Contains(' ', StringComparison.Ordinal),
        _ => true,
    };

    private JsonElement? Find(string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}

/// <summary>One tensor of a stored case.</summary>
public sealed class StoredTensor
{
    private readonly string _path;
    private readonly int _width;
    private readonly JsonElement _description;

    private StoredTensor(string name, string role, string type, Shape shape, string path, JsonElement description)
    {
        (Name, Role, ElementType, Shape, _path, _description) = (name, role, type, shape, path, description);
        _width = WidthOf(type);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its role: input, param, step_grad, output, grad, state or absref.</summary>
    public string Role { get; }

    /// <summary>f64, f32, i64, i32, u8 or u8bool.</summary>
    public string ElementType { get; }

    /// <summary>Its shape as stored: channels first.</summary>
    public Shape Shape { get; }

    /// <summary>Whether it is a result to compare with.</summary>
    public bool IsResult => Role is "output" or "grad" or "state";

    /// <summary>The number n of the terms that each element is a sum of; none where the case does not say.</summary>
    public int? ReductionLength => _description.TryGetProperty("reduction_length", out JsonElement length) ? length.GetInt32() : null;

    /// <summary>How far the other system's own float32 was from its float64, relative L2; none where the case does not say.</summary>
    public double? SinglePrecisionError =>
        _description.TryGetProperty("torch_f32_rel_l2", out JsonElement error) && error.ValueKind == JsonValueKind.Number ? error.GetDouble() : null;

    /// <summary>Reads the description of a tensor and looks at its file, but does not read it.</summary>
    /// <param name="folder">The folder of the case.</param>
    /// <param name="description">An element of the case's <c>tensors</c>.</param>
    /// <exception cref="StoredFormatException">The description or the file is not as it should be.</exception>
    internal static StoredTensor Open(string folder, JsonElement description)
    {
        string name = Text(description, "name", "a tensor"), what = $"the tensor '{name}'";
        string role = Text(description, "role", what), type = Text(description, "dtype", what), file = Text(description, "file", what);
        if (WidthOf(type) == 0)
        {
            throw new StoredFormatException($"{what} has the dtype '{type}'; known are f64, f32, i64, i32, u8 and u8bool");
        }

        if (file.Length == 0 || Path.GetFileName(file) != file)
        {
            throw new StoredFormatException($"{what} names the file '{file}', which is no file of the case's own folder");
        }

        StoredTensor tensor = new(name, role, type, ShapeOf(description, what), Path.Combine(folder, file), description);
        FileInfo info = new(tensor._path);
        if (!info.Exists)
        {
            throw new StoredFormatException($"the file {file} of {what} is missing");
        }

        tensor.CheckLength(info.Length);
        return tensor;
    }

    /// <summary>The elements, whatever their type, in C order.</summary>
    /// <exception cref="StoredFormatException">The file has another length than the shape.</exception>
    public double[] Read()
    {
        byte[] bytes = File.ReadAllBytes(_path);
        CheckLength(bytes.Length);
        double[] values = new double[Shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes.AsSpan(i * _width, _width);
            values[i] = ElementType switch
            {
                "f64" => BinaryPrimitives.ReadDoubleLittleEndian(element),
                "f32" => BinaryPrimitives.ReadSingleLittleEndian(element),
                "i64" => BinaryPrimitives.ReadInt64LittleEndian(element),
                "i32" => BinaryPrimitives.ReadInt32LittleEndian(element),
                _ => element[0],
            };
        }

        return values;
    }

    private static int WidthOf(string type) => type switch { "f64" or "i64" => 8, "f32" or "i32" => 4, "u8" or "u8bool" => 1, _ => 0 };

    private static string Text(JsonElement description, string property, string what) =>
        description.ValueKind == JsonValueKind.Object && description.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new StoredFormatException($"{what} has no text '{property}'");

    private static Shape ShapeOf(JsonElement description, string what)
    {
        try
        {
            return new Shape([.. description.GetProperty("shape").EnumerateArray().Select(static extent => extent.GetInt32())]);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new StoredFormatException($"{what} has no shape of positive whole extents", error);
        }
    }

    private void CheckLength(long bytes)
    {
        if (_width * Shape.Length != bytes)
        {
            throw new StoredFormatException($"the file {Path.GetFileName(_path)} has {bytes} bytes; {ElementType} {Shape} needs {_width * Shape.Length}");
        }
    }
}
