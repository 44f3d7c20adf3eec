using System.Collections.Immutable;
using System.Globalization;

namespace Msr.Conformance.Cases;

/// <summary>
/// One number of a case, such as the height of its filters. In texts it is written as what it stands for: <c>momentum=0.9</c>,
/// <c>padding-mode=reflect</c>, <c>accumulate=yes</c>. Parameters whose keys agree up to a dot are written as one list:
/// <c>pad.top</c>, <c>pad.left</c>, <c>pad.bottom</c> and <c>pad.right</c> as <c>pad=1,1,1,1</c>.
/// </summary>
/// <param name="Key">Its key in lower case, with the name of its place behind a dot where several parameters make a list.</param>
/// <param name="Least">Its least value: shrinking goes towards it.</param>
/// <param name="Meaning">What it is, for people.</param>
public sealed record Parameter(string Key, int Least, string Meaning)
{
    private static readonly ImmutableArray<string> s_flag = ["no", "yes"];

    /// <summary>The value that a text need not give; none where it must.</summary>
    public int? Default { get; init; }

    /// <summary>The key of another parameter that this one is a multiple of: shrinking keeps it one.</summary>
    public string? MultipleOf { get; init; }

    /// <summary>How values are written that stand for something with a name; empty for numbers.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>The divisor of the value: 90 with a denominator of 100 is written as 0.9.</summary>
    public int Denominator { get; init; } = 1;

    /// <summary>Whether the value is a negative power of ten: 5 is written as 1e-5.</summary>
    public bool IsPowerOfTen { get; init; }

    /// <summary>The key as a text has it: up to the dot.</summary>
    public string Group => Key.Split('.')[0];

    /// <summary>What stands behind the key, for people: <c>N</c>, <c>TOP</c>, <c>zero|replicate|reflect</c>.</summary>
    public string Form => Names.Length > 0 ? string.Join('|', Names)
        : Key.Split('.') is [_, string place] ? place.ToUpperInvariant()
        : IsPowerOfTen ? "1e-N" : Denominator > 1 ? "X" : "N";

    /// <summary>A choice between no and yes, where no is the default.</summary>
    /// <param name="key">The key.</param>
    /// <param name="meaning">What yes means.</param>
    public static Parameter Flag(string key, string meaning) => new(key, 0, meaning) { Names = s_flag, Default = 0 };

    /// <summary>A choice between names.</summary>
    /// <param name="key">The key.</param>
    /// <param name="meaning">What is chosen.</param>
    /// <param name="names">The names of the values 0, 1, …; the first is the default.</param>
    public static Parameter Choice(string key, string meaning, params ImmutableArray<string> names) => new(key, 0, meaning) { Names = names, Default = 0 };

    /// <summary>Two parameters in one list, the vertical one first.</summary>
    /// <param name="key">The key of the list.</param>
    /// <param name="least">The least value of both.</param>
    /// <param name="meaning">What they are.</param>
    /// <param name="absent">The default of both; none where a text must give them.</param>
    public static ImmutableArray<Parameter> Pair(string key, int least, string meaning, int? absent = null) =>
        [new($"{key}.height", least, $"{meaning}, vertical") { Default = absent }, new($"{key}.width", least, $"{meaning}, horizontal") { Default = absent }];

    /// <summary>A value as texts have it.</summary>
    /// <param name="value">The value.</param>
    public string Write(int value) => Names.Length > 0 ? (uint)value < (uint)Names.Length ? Names[value] : $"{value}"
        : IsPowerOfTen ? value == 0 ? "1" : $"1e-{value}"
        : Denominator == 1 ? $"{value}" : ((decimal)value / Denominator).ToString("0.##########", CultureInfo.InvariantCulture);

    /// <summary>Reads a value.</summary>
    /// <param name="text">What stands behind the key.</param>
    /// <exception cref="FormatException">It is no value of this parameter.</exception>
    public int Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Names.Length > 0)
        {
            int index = Names.IndexOf(text);
            return index >= 0 ? index : throw new FormatException($"'{Group}' ({Meaning}) is {string.Join(" or ", Names)}, not '{text}'.");
        }

        if (IsPowerOfTen)
        {
            return text == "1" ? 0 : text.StartsWith("1e-", StringComparison.Ordinal) && int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int power)
                ? power
                : throw new FormatException($"'{Group}' ({Meaning}) is a power of ten such as 1e-5, not '{text}'.");
        }

        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number <= int.MaxValue / Denominator && number * Denominator == Math.Truncate(number * Denominator)
            ? (int)(number * Denominator)
            : throw new FormatException(Denominator == 1
                ? $"'{Group}' ({Meaning}) is a whole number, not '{text}'."
                : $"'{Group}' ({Meaning}) is a multiple of {1m / Denominator}, not '{text}'.");
    }
}

/// <summary>The numbers of a case by key, in the order of their schema; its text is <c>batch=2 channels=3 image=8,8</c>, defaults left out.</summary>
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

    /// <summary>A value that is a fraction: the number over its denominator.</summary>
    /// <param name="key">A key of the schema.</param>
    public double Fraction(string key) => this[key] / (double)_schema[IndexOf(key)].Denominator;

    /// <summary>Both values of a <see cref="Parameter.Pair"/>, the vertical one first.</summary>
    /// <param name="key">The key of the list.</param>
    public (int Vertical, int Horizontal) Pair(string key) => (this[$"{key}.height"], this[$"{key}.width"]);

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
                throw new FormatException($"'{key}' ({parameter.Meaning}) is at least {parameter.Write(parameter.Least)}, not {parameter.Write(value)}.");
            }

            if (parameter.Names.Length > 0 && value >= parameter.Names.Length)
            {
                throw new FormatException($"'{key}' ({parameter.Meaning}) has {parameter.Names.Length} values; there is none of number {value}.");
            }
        }

        foreach (Parameter parameter in schema.Where(parameter => !values.ContainsKey(parameter.Key)))
        {
            values[parameter.Key] = parameter.Default ?? throw new FormatException($"'{parameter.Group}' ({parameter.Meaning}) is missing.");
        }

        return new ParameterSet(schema, [.. schema.Select(parameter => values[parameter.Key])]);
    }

    /// <summary>Reads a set from its text: pairs of key and value with spaces between. Of a list whose values are equal, one is enough.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is not one; the message says where.</exception>
    public static ParameterSet Parse(ImmutableArray<Parameter> schema, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<(string, int)> given = [];
        foreach (string pair in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=');
            if (parts.Length != 2 || parts[0].Length == 0)
            {
                throw new FormatException($"'{pair}' is not KEY=VALUE, such as {schema[0].Group}={schema[0].Write(Math.Max(1, schema[0].Least))}.");
            }

            Parameter[] list = [.. schema.Where(parameter => parameter.Group == parts[0])];
            string[] values = parts[1].Split(',');
            if (list.Length == 0)
            {
                throw new FormatException($"There is no '{parts[0]}'; the keys are {Describe(schema)}.");
            }

            if (values.Length != list.Length && values.Length != 1)
            {
                throw new FormatException($"'{pair}' has {values.Length} values; {parts[0]} has {list.Length}: {string.Join(',', list.Select(static parameter => parameter.Form))}.");
            }

            given.AddRange(list.Select((parameter, i) => (parameter.Key, parameter.Read(values[values.Length == 1 ? 0 : i]))));
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

    /// <summary>Every key of a text with its values, defaults included, in the order of the schema.</summary>
    public IEnumerable<(string Key, IReadOnlyList<(Parameter Parameter, int Value)> Values)> Groups => _schema
        .Zip(_values)
        .GroupBy(static pair => pair.First.Group, StringComparer.Ordinal)
        .Select(static group => (group.Key, (IReadOnlyList<(Parameter, int)>)[.. group]));

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Groups
        .Where(static group => group.Values.Any(static pair => pair.Value != pair.Parameter.Default))
        .Select(static group => $"{group.Key}={string.Join(',', group.Values.Select(static pair => pair.Parameter.Write(pair.Value)))}"));

    /// <inheritdoc/>
    public bool Equals(ParameterSet? other) => other is not null && _schema == other._schema && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(17, HashCode.Combine);

    /// <summary>The keys of a schema as one writes them, for messages.</summary>
    internal static string Describe(ImmutableArray<Parameter> schema) => string.Join(", ", schema.GroupBy(static parameter => parameter.Group, StringComparer.Ordinal)
        .Select(static group => $"{group.Key}={string.Join(',', group.Select(static parameter => parameter.Form))}"));

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
