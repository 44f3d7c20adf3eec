using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Msr.Core.Models;

namespace Msr.Core.Training;

/// <summary>The values that an option takes: how they are read, checked, written and named in a sentence.</summary>
/// <typeparam name="V">The type of a value.</typeparam>
public abstract record OptionValues<V>
{
    /// <summary>The placeholder of the value in a line of help: <c>N</c>, <c>a|b|c</c>.</summary>
    public abstract string Placeholder { get; }

    /// <summary>The allowed values in words, as they follow "takes".</summary>
    public abstract string Allowed { get; }

    /// <summary>Whether the option is a flag of the command line: on where it is named.</summary>
    public virtual bool IsFlag => false;

    /// <summary>Whether the option may be given more than once.</summary>
    public virtual bool IsRepeatable => false;

    /// <summary>Reads a value; false where the text is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The value.</param>
    public abstract bool TryRead(string text, out V value);

    /// <summary>Whether a value is allowed.</summary>
    /// <param name="value">The value.</param>
    public abstract bool Allows(V value);

    /// <summary>A value as <see cref="TryRead"/> reads it.</summary>
    /// <param name="value">The value.</param>
    public virtual string Write(V value) => string.Create(CultureInfo.InvariantCulture, $"{value}");

    /// <summary>The sentence that refuses a value.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="got">The value.</param>
    public virtual string Refusal(string name, string got) => $"{name} takes {Allowed}; got {got}.";
}

/// <summary>Numbers of a range.</summary>
/// <typeparam name="N">The type of a number.</typeparam>
/// <param name="Least">The least.</param>
/// <param name="Most">The largest; the largest of all for no upper end.</param>
/// <param name="Unit">What stands for the number in a line of help.</param>
public sealed record NumberValues<N>(N Least, N Most, string Unit) : OptionValues<N>
    where N : struct, INumber<N>, IMinMaxValue<N>
{
    /// <inheritdoc/>
    public override string Placeholder => Unit;

    /// <inheritdoc/>
    public override string Allowed => string.Create(CultureInfo.InvariantCulture, $"{Kind} {(Most == N.MaxValue ? $"of at least {Least}" : $"from {Least} to {Most}")}");

    private static string Kind => typeof(N) == typeof(double) ? "a number" : "a whole number";

    /// <inheritdoc/>
    public override bool TryRead(string text, out N value) => N.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <inheritdoc/>
    public override bool Allows(N value) => value >= Least && value <= Most;
}

/// <summary>A few words, each standing for a value.</summary>
/// <typeparam name="V">The type of a value.</typeparam>
/// <param name="Words">The words and what they stand for.</param>
public sealed record WordValues<V>(ImmutableArray<(string Word, V Value)> Words) : OptionValues<V>
{
    /// <inheritdoc/>
    public override string Placeholder => string.Join('|', Words.Select(static word => word.Word));

    /// <inheritdoc/>
    public override string Allowed => $"one of {string.Join(", ", Words.Select(static word => word.Word))}";

    /// <inheritdoc/>
    public override bool TryRead(string text, out V value)
    {
        (string? found, value) = Words.FirstOrDefault(word => word.Word == text);
        return found is not null;
    }

    /// <inheritdoc/>
    public override bool Allows(V value) => Words.Any(word => EqualityComparer<V>.Default.Equals(word.Value, value));

    /// <inheritdoc/>
    public override string Write(V value) => Words.FirstOrDefault(word => EqualityComparer<V>.Default.Equals(word.Value, value)).Word ?? $"{value}";
}

/// <summary>A flag.</summary>
internal sealed record FlagValues : OptionValues<bool>
{
    public override string Placeholder => "";

    public override string Allowed => "no value";

    public override bool IsFlag => true;

    public override bool TryRead(string text, out bool value) => bool.TryParse(text, out value);

    public override bool Allows(bool value) => true;

    public override string Write(bool value) => value ? "on" : "off";
}

/// <summary>Any text but none.</summary>
/// <param name="Unit">What stands for the text in a line of help.</param>
public sealed record TextValues(string Unit) : OptionValues<string>
{
    /// <inheritdoc/>
    public override string Placeholder => Unit;

    /// <inheritdoc/>
    public override string Allowed => Unit;

    /// <inheritdoc/>
    public override bool TryRead(string text, out string value) => (value = text).Length > 0;

    /// <inheritdoc/>
    public override bool Allows(string value) => !string.IsNullOrEmpty(value);

    /// <inheritdoc/>
    public override string Refusal(string name, string got) => $"{name} takes {Allowed}; got nothing.";
}

/// <summary>Patterns of names; the empty one stands for none.</summary>
internal sealed record PatternValues : OptionValues<string>
{
    public override string Placeholder => "GLOB";

    public override string Allowed => "patterns of names";

    public override bool IsRepeatable => true;

    public override bool TryRead(string text, out string value) => (value = text) is not null;

    public override bool Allows(string value) => value is not null;

    public override string Write(string value) => value ?? "null";
}

/// <summary>Names of models.</summary>
internal sealed record ModelValues : OptionValues<string>
{
    public override string Placeholder => "NAME";

    public override string Allowed => ModelCatalog.Names;

    public override bool TryRead(string text, out string value) => (value = text) is not null;

    public override bool Allows(string value) => Complaint(value) is null;

    public override string Refusal(string name, string got) => $"{name}: {Complaint(got)}";

    private static string? Complaint(string name)
    {
        try
        {
            ModelCatalog.Require(name);
            return null;
        }
        catch (ArgumentException error)
        {
            int cut = error.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
            return cut < 0 ? error.Message : error.Message[..cut];
        }
    }
}

/// <summary>Mirror images and the border of random crops; the words stand for the usual pairs.</summary>
internal sealed record AugmentationValues : OptionValues<(bool Flip, int Crop)>
{
    private const int WidestBorder = 1_024;

    private static readonly WordValues<(bool, int)> s_words = new([("none", (false, 0)), ("flip", (true, 0)), ("standard", (true, 4))]);

    public override string Placeholder => s_words.Placeholder;

    public override string Allowed => s_words.Allowed;

    public override bool TryRead(string text, out (bool Flip, int Crop) value) => s_words.TryRead(text, out value);

    public override bool Allows((bool Flip, int Crop) value) => value.Crop is >= 0 and <= WidestBorder;

    public override string Write((bool Flip, int Crop) value) => s_words.Allows(value) ? s_words.Write(value) : $"{value.Crop}";

    // A pair that the words do not make can come only from a library's caller or from a file.
    public override string Refusal(string name, string got) =>
        int.TryParse(got, CultureInfo.InvariantCulture, out _) ? $"{name} takes a whole number from 0 to {WidestBorder}; got {got}." : base.Refusal(name, got);
}

/// <summary>Makes the values of options.</summary>
public static class OptionValues
{
    /// <summary>Real numbers of a range; finite ones where there is no upper end.</summary>
    /// <param name="least">The least.</param>
    /// <param name="most">The largest.</param>
    /// <param name="unit">What stands for the number in a line of help.</param>
    public static NumberValues<double> Real(double least = 0, double most = double.MaxValue, string unit = "X") => new(least, most, unit);

    /// <summary>Whole numbers of a range.</summary>
    /// <param name="least">The least.</param>
    /// <param name="most">The largest.</param>
    public static NumberValues<int> Whole(int least, int most = int.MaxValue) => new(least, most, "N");

    /// <summary>The values of an enumeration by their names in kebab case.</summary>
    /// <typeparam name="V">The enumeration.</typeparam>
    public static WordValues<V> Words<V>()
        where V : struct, Enum => new([.. Enum.GetValues<V>().Select(static value => (JsonNamingPolicy.KebabCaseLower.ConvertName($"{value}"), value))]);

    /// <summary>Some words.</summary>
    /// <typeparam name="V">What the words stand for.</typeparam>
    /// <param name="words">The words and what they stand for.</param>
    public static WordValues<V> Words<V>(params ReadOnlySpan<(string Word, V Value)> words) => new([.. words]);

    /// <summary>Names out of a list.</summary>
    /// <param name="names">The names.</param>
    public static WordValues<string> Names(IEnumerable<string> names) => new([.. names.Select(static name => (name, name))]);

    /// <summary>On or off.</summary>
    public static WordValues<bool> OnOff { get; } = new([("on", true), ("off", false)]);
}
