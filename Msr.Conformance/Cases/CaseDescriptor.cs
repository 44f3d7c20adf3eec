using System.Globalization;

namespace Msr.Conformance.Cases;

/// <summary>
/// A case in one line: <c>conv.forward n2c3h8w8k4r3s3u1v1p1q1#2a</c>, kind, geometry and a 64-bit seed in hexadecimal; <c>/wide</c> before the
/// seed names a value class other than normal. Everything about the case follows from it.
/// </summary>
/// <param name="Kind">The kind of op or plan.</param>
/// <param name="Parameters">The geometry.</param>
/// <param name="Values">The value class.</param>
/// <param name="Seed">The seed of the contents.</param>
public sealed record CaseDescriptor(string Kind, ParameterSet Parameters, ValueClass Values, ulong Seed)
{
    /// <summary>Reads the three parts of a text; the geometry is read by the entry of the kind.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text has another form; the message says which is meant.</exception>
    public static (string Kind, string Geometry, ValueClass Values, ulong Seed) Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int space = text.IndexOf(' ', StringComparison.Ordinal), hash = text.LastIndexOf('#');
        if (space < 1 || hash < space || !ulong.TryParse(text.AsSpan(hash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong seed))
        {
            throw new FormatException($"'{text}' is no case: it needs a kind, a geometry and a seed in hexadecimal, such as 'matmul m2l3n4#2a'.");
        }

        string[] parts = text[(space + 1)..hash].Split('/');
        ValueClass values = ValueClass.Normal;
        if (parts.Length > 2 || (parts.Length == 2 && !TryParse(parts[1], out values)))
        {
            throw new FormatException($"'{parts[^1]}' is no value class; they are {string.Join(", ", Enum.GetValues<ValueClass>().Select(Name))}.");
        }

        return (text[..space], parts[0].Trim(), values, seed);
    }

    /// <summary>The name of a value class in texts: <c>wide-integers</c>.</summary>
    /// <param name="values">The value class.</param>
    public static string Name(ValueClass values) => values == ValueClass.WideIntegers ? "wide-integers" : $"{values}".ToLowerInvariant();

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Parameters}{(Values == ValueClass.Normal ? "" : $"/{Name(Values)}")}#{Seed:x}";

    private static bool TryParse(string name, out ValueClass values)
    {
        foreach (ValueClass candidate in Enum.GetValues<ValueClass>().Where(candidate => Name(candidate) == name))
        {
            values = candidate;
            return true;
        }

        values = default;
        return false;
    }
}
