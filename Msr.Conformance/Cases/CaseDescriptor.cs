using System.Globalization;

namespace Msr.Conformance.Cases;

/// <summary>
/// A case in one line: <c>conv.forward batch=2 in=3 image=8,8 out=4 filter=3,3 pad=1,1,1,1 seed=0x2a</c>, its kind, its parameters and a 64-bit
/// seed; <c>values=wide</c> names a value class other than normal. Everything about the case follows from it.
/// </summary>
/// <param name="Kind">The kind of op or plan.</param>
/// <param name="Parameters">The parameters.</param>
/// <param name="Values">The value class.</param>
/// <param name="Seed">The seed of the contents.</param>
public sealed record CaseDescriptor(string Kind, ParameterSet Parameters, ValueClass Values, ulong Seed)
{
    private const string Example = "'matmul rows=2 inner=3 columns=4 seed=0x2a'";
    private const string SeedKey = "seed=";
    private const string ValuesKey = "values=";

    /// <summary>Reads the parts of a text that all kinds have; the parameters are read by the entry of the kind.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text has another form; the message says which is meant.</exception>
    public static (string Kind, string Parameters, ValueClass Values, ulong Seed) Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (text.Contains('#', StringComparison.Ordinal))
        {
            throw new FormatException($"'{text}' has the form of earlier versions, with keys of one letter; a case is written as in {Example}.");
        }

        ulong? seed = null;
        ValueClass values = ValueClass.Normal;
        List<string> parameters = [];
        foreach (string word in words.Skip(1))
        {
            if (word.StartsWith(SeedKey, StringComparison.Ordinal) && seed is null)
            {
                seed = SeedOf(word[SeedKey.Length..]);
            }
            else if (word.StartsWith(ValuesKey, StringComparison.Ordinal))
            {
                values = ClassOf(word[ValuesKey.Length..]);
            }
            else
            {
                parameters.Add(word);
            }
        }

        return words.Length > 0 && seed is { } given
            ? (words[0], string.Join(' ', parameters), values, given)
            : throw new FormatException($"'{text}' is no case: it needs a kind, parameters and a seed, as in {Example}.");
    }

    /// <summary>The name of a value class in texts: <c>wide-integers</c>.</summary>
    /// <param name="values">The value class.</param>
    public static string Name(ValueClass values) => values == ValueClass.WideIntegers ? "wide-integers" : $"{values}".ToLowerInvariant();

    /// <inheritdoc/>
    public override string ToString()
    {
        string parameters = $"{Parameters}";
        return $"{Kind}{(parameters.Length == 0 ? "" : " ")}{parameters}{(Values == ValueClass.Normal ? "" : $" {ValuesKey}{Name(Values)}")} {SeedKey}0x{Seed:x}";
    }

    private static ulong SeedOf(string text)
    {
        bool isHex = text.StartsWith("0x", StringComparison.Ordinal);
        return ulong.TryParse(isHex ? text.AsSpan(2) : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw new FormatException($"'{text}' is no seed: it is a whole number of 64 bits, such as 42 or 0x2a.");
    }

    private static ValueClass ClassOf(string name)
    {
        ValueClass[] all = Enum.GetValues<ValueClass>();
        int index = Array.FindIndex(all, candidate => Name(candidate) == name);
        return index >= 0 ? all[index] : throw new FormatException($"'{name}' is no value class; they are {string.Join(", ", all.Select(Name))}.");
    }
}
