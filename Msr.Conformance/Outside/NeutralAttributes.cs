using System.Text.Json;

namespace Msr.Conformance.Outside;

/// <summary>The attributes of a stored case. What is absent or null has its default.</summary>
/// <param name="json">The object; nothing where the case has none.</param>
public sealed class NeutralAttributes(JsonElement json)
{
    /// <summary>Whether there is an attribute that is not null.</summary>
    /// <param name="name">Its name.</param>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>An attribute that is a number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent; none if it must be there.</param>
    /// <exception cref="NeutralFormatException">It is missing, or no number.</exception>
    public double Number(string name, double? absent = null) => Find(name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        null when absent is { } value => value,
        null => throw new NeutralFormatException($"the attribute '{name}' is missing"),
        _ => throw new NeutralFormatException($"the attribute '{name}' is no number"),
    };

    /// <summary>An attribute that is a whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent; none if it must be there.</param>
    /// <exception cref="NeutralFormatException">It is missing, or no whole number.</exception>
    public int Integer(string name, int? absent = null)
    {
        double number = Number(name, absent);
        return number == (int)number ? (int)number : throw new NeutralFormatException($"the attribute '{name}' is no whole number");
    }

    /// <summary>An attribute that is on or off.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent.</param>
    /// <exception cref="NeutralFormatException">It is neither.</exception>
    public bool Flag(string name, bool absent = false) => Find(name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        null => absent,
        _ => throw new NeutralFormatException($"the attribute '{name}' is neither true nor false"),
    };

    /// <summary>An attribute that is a text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent.</param>
    /// <exception cref="NeutralFormatException">It is no text.</exception>
    public string Text(string name, string absent) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        null => absent,
        _ => throw new NeutralFormatException($"the attribute '{name}' is no text"),
    };

    /// <summary>An attribute that is a list of whole numbers, or one number that stands for all of them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="absent">What it is where it is absent; its length is the one that is needed.</param>
    /// <exception cref="NeutralFormatException">It is not that.</exception>
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
            : throw new NeutralFormatException($"the attribute '{name}' is no list of {absent.Length} whole numbers");
    }

    /// <summary>A pair of integers, vertical first.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">The first where it is absent.</param>
    /// <param name="second">The second where it is absent.</param>
    public (int First, int Second) Pair(string name, int first, int second) => Integers(name, first, second) is [int a, int b] ? (a, b) : (first, second);

    /// <summary>An attribute that is a list of numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="NeutralFormatException">It is not that.</exception>
    public double[] Numbers(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.Number)
            ? [.. list.EnumerateArray().Select(static item => item.GetDouble())]
            : throw new NeutralFormatException($"the attribute '{name}' is no list of numbers");

    /// <summary>Whether an attribute is a list.</summary>
    /// <param name="name">Its name.</param>
    public bool IsList(string name) => Find(name) is { ValueKind: JsonValueKind.Array };

    /// <summary>An attribute that has attributes of its own.</summary>
    /// <param name="name">Its name.</param>
    public NeutralAttributes Group(string name) => new(Find(name) ?? default);

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
