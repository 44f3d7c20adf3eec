using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Msr.Conformance.Cases;

/// <summary>One number of a case's geometry, such as the height of a filter: <c>r3</c>.</summary>
/// <param name="Key">Its letters in the text of a case, lower case.</param>
/// <param name="Least">Its least value: shrinking goes towards it.</param>
/// <param name="Meaning">What it is, for people.</param>
public sealed record Parameter(string Key, int Least, string Meaning)
{
    /// <summary>The value that a text need not give; none where it must.</summary>
    public int? Default { get; init; }

    /// <summary>The key of another parameter whose value is the default.</summary>
    public string? SameAs { get; init; }

    /// <summary>The key of another parameter that this one is a multiple of: shrinking keeps it one.</summary>
    public string? MultipleOf { get; init; }
}

/// <summary>The numbers of a case by key, in the order of their schema; its text is <c>n2c3h8w8</c>, defaults left out.</summary>
public sealed class ParameterSet : IEquatable<ParameterSet>
{
    private readonly ImmutableArray<Parameter> _schema;
    private readonly ImmutableArray<int> _values;

    private ParameterSet(ImmutableArray<Parameter> schema, ImmutableArray<int> values) => (_schema, _values) = (schema, values);

    /// <summary>The value of a key.</summary>
    /// <param name="key">A key of the schema.</param>
    /// <exception cref="KeyNotFoundException">The schema has no such key.</exception>
    public int this[string key] => _values[IndexOf(key)];

    /// <summary>Whether the schema has a key.</summary>
    /// <param name="key">The key.</param>
    public bool Has(string key) => _schema.Any(parameter => parameter.Key == key);

    /// <summary>Whether a value is not 0.</summary>
    /// <param name="key">A key of the schema.</param>
    public bool Flag(string key) => this[key] != 0;

    /// <summary>A set from some of its values; the others have their defaults.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="given">The values.</param>
    /// <exception cref="FormatException">A key is unknown, given twice or missing, or a value is below its least.</exception>
    public static ParameterSet Of(ImmutableArray<Parameter> schema, params IReadOnlyList<(string Key, int Value)> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        Dictionary<string, int> values = new(StringComparer.Ordinal);
        foreach ((string key, int value) in given)
        {
            Parameter parameter = schema.FirstOrDefault(candidate => candidate.Key == key)
                ?? throw new FormatException($"There is no '{key}'; the keys are {Describe(schema)}.");
            if (!values.TryAdd(key, value))
            {
                throw new FormatException($"'{key}' ({parameter.Meaning}) is given twice.");
            }

            if (value < parameter.Least)
            {
                throw new FormatException($"'{key}' ({parameter.Meaning}) is at least {parameter.Least}, not {value}.");
            }
        }

        foreach (Parameter parameter in schema.Where(parameter => !values.ContainsKey(parameter.Key)))
        {
            values[parameter.Key] = DefaultOf(parameter, values)
                ?? throw new FormatException($"'{parameter.Key}' ({parameter.Meaning}) is missing.");
        }

        return new ParameterSet(schema, [.. schema.Select(parameter => values[parameter.Key])]);
    }

    /// <summary>Reads a set from its text.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is not one; the message says where.</exception>
    public static ParameterSet Parse(ImmutableArray<Parameter> schema, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<(string, int)> given = [];
        int place = 0;
        while (place < text.Length)
        {
            string key = Take(text, ref place, char.IsAsciiLetterLower);
            string digits = Take(text, ref place, char.IsAsciiDigit);
            if (key.Length == 0 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                throw new FormatException($"'{text[(place - digits.Length - key.Length)..]}' is not a key and a number, such as {schema[0].Key}2.");
            }

            given.Add((key, value));
        }

        return Of(schema, given);
    }

    /// <summary>The same set with another value.</summary>
    /// <param name="key">A key of the schema.</param>
    /// <param name="value">The value.</param>
    public ParameterSet With(string key, int value) => new(_schema, _values.SetItem(IndexOf(key), value));

    /// <summary>Smaller sets to try in turn when a case fails: one value at its least, at half, or one step lower. Not all are valid geometry.</summary>
    public IEnumerable<ParameterSet> Smaller()
    {
        for (int i = 0; i < _values.Length; i++)
        {
            Parameter parameter = _schema[i];
            int step = parameter.MultipleOf is { } unit ? Math.Max(1, this[unit]) : 1;
            int least = (parameter.Least + step - 1) / step * step, value = _values[i];
            int[] candidates = [least, least + ((value - least) / 2 / step * step), value - step];
            foreach (int candidate in candidates.Distinct().Where(candidate => candidate >= least && candidate < value))
            {
                yield return new ParameterSet(_schema, _values.SetItem(i, candidate));
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Dictionary<string, int> written = new(StringComparer.Ordinal);
        StringBuilder text = new();
        for (int i = 0; i < _schema.Length; i++)
        {
            if (DefaultOf(_schema[i], written) != _values[i])
            {
                text.Append(_schema[i].Key).Append(CultureInfo.InvariantCulture, $"{_values[i]}");
            }

            written[_schema[i].Key] = _values[i];
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(ParameterSet? other) => other is not null && _schema == other._schema && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(17, HashCode.Combine);

    /// <summary>The keys of a schema with their meanings, for messages.</summary>
    internal static string Describe(ImmutableArray<Parameter> schema) =>
        string.Join(", ", schema.Select(static parameter => $"{parameter.Key} ({parameter.Meaning})"));

    private static int? DefaultOf(Parameter parameter, Dictionary<string, int> earlier) =>
        parameter.SameAs is { } other && earlier.TryGetValue(other, out int value) ? value : parameter.Default;

    private static string Take(string text, ref int place, Func<char, bool> belongs)
    {
        int first = place;
        while (place < text.Length && belongs(text[place]))
        {
            place++;
        }

        return text[first..place];
    }

    private int IndexOf(string key)
    {
        for (int i = 0; i < _schema.Length; i++)
        {
            if (_schema[i].Key == key)
            {
                return i;
            }
        }

        throw new KeyNotFoundException($"There is no parameter '{key}'; the keys are {Describe(_schema)}.");
    }
}
