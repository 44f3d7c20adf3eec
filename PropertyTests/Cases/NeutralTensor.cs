using System.Text.Json;
using Msr.Core.Numerics;

namespace PropertyTests.Cases;

/// <summary>One tensor of a stored case.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is: input, param, step_grad, output, grad, state or absref.</param>
/// <param name="ElementType">f32, f64, i64, i32, u8 or u8bool.</param>
/// <param name="Shape">Its shape, as stored: channels first.</param>
/// <param name="Path">The raw file.</param>
/// <param name="Description">Everything the case says of it.</param>
internal sealed record NeutralTensor(string Name, string Role, string ElementType, Shape Shape, string Path, JsonElement Description)
{
    /// <summary>The number n of the terms that each element is a sum of.</summary>
    public int ReductionLength => Description.GetProperty("reduction_length").GetInt32();

    /// <summary>The elements, whatever their type, in C order.</summary>
    /// <exception cref="InvalidDataException">The file has another length than the shape, or the type is unknown.</exception>
    public double[] Read()
    {
        byte[] bytes = File.ReadAllBytes(Path);
        int width = ElementType switch { "f64" or "i64" => 8, "f32" or "i32" => 4, "u8" or "u8bool" => 1, _ => 0 };
        if (width * Shape.Length != bytes.Length)
        {
            throw new InvalidDataException($"{Path} has {bytes.Length} bytes; {ElementType} {Shape} needs {width * Shape.Length}.");
        }

        double[] values = new double[Shape.Length];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes.AsSpan(i * width, width);
            values[i] = ElementType switch
            {
                "f64" => BitConverter.ToDouble(element),
                "f32" => BitConverter.ToSingle(element),
                "i64" => BitConverter.ToInt64(element),
                "i32" => BitConverter.ToInt32(element),
                _ => element[0],
            };
        }

        return values;
    }
}
