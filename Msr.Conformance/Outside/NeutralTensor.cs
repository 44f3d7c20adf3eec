using System.Buffers.Binary;
using System.Text.Json;
using Msr.Core.Numerics;

namespace Msr.Conformance.Outside;

/// <summary>One tensor of a stored case.</summary>
public sealed class NeutralTensor
{
    private readonly string _path;
    private readonly int _width;
    private readonly JsonElement _description;

    private NeutralTensor(string name, string role, string type, Shape shape, string path, JsonElement description)
    {
        (Name, Role, ElementType, Shape, _path, _description) = (name, role, type, shape, path, description);
        _width = WidthOf(type);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it is: input, param, step_grad, output, grad, state or absref.</summary>
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
    /// <exception cref="NeutralFormatException">The description or the file is not as it should be.</exception>
    internal static NeutralTensor Open(string folder, JsonElement description)
    {
        string name = Text(description, "name", "a tensor"), what = $"the tensor '{name}'";
        string role = Text(description, "role", what), type = Text(description, "dtype", what), file = Text(description, "file", what);
        if (WidthOf(type) == 0)
        {
            throw new NeutralFormatException($"{what} has the dtype '{type}'; known are f64, f32, i64, i32, u8 and u8bool");
        }

        if (file.Length == 0 || Path.GetFileName(file) != file)
        {
            throw new NeutralFormatException($"{what} names the file '{file}', which is no file of the case's own folder");
        }

        NeutralTensor tensor = new(name, role, type, ShapeOf(description, what), Path.Combine(folder, file), description);
        FileInfo info = new(tensor._path);
        if (!info.Exists)
        {
            throw new NeutralFormatException($"the file {file} of {what} is missing");
        }

        tensor.CheckLength(info.Length);
        return tensor;
    }

    /// <summary>The elements, whatever their type, in C order.</summary>
    /// <exception cref="NeutralFormatException">The file has another length than the shape.</exception>
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
            : throw new NeutralFormatException($"{what} has no text '{property}'");

    private static Shape ShapeOf(JsonElement description, string what)
    {
        try
        {
            return new Shape([.. description.GetProperty("shape").EnumerateArray().Select(static extent => extent.GetInt32())]);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new NeutralFormatException($"{what} has no shape of positive whole extents", error);
        }
    }

    private void CheckLength(long bytes)
    {
        if (_width * Shape.Length != bytes)
        {
            throw new NeutralFormatException($"the file {Path.GetFileName(_path)} has {bytes} bytes; {ElementType} {Shape} needs {_width * Shape.Length}");
        }
    }
}
