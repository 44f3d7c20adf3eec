using System.CommandLine;
using System.Numerics;
using Msr.Core.Training;

namespace Msr.Cli.Arguments;

/// <summary>An option that says what it takes, and under which heading the help lists it.</summary>
internal interface IDescribed
{
    /// <summary>The allowed values in words.</summary>
    string Allowed { get; }

    /// <summary>The heading of its group; null for that of all other options.</summary>
    string? Heading { get; }
}

/// <summary>An option of a command.</summary>
/// <typeparam name="V">The type of its value.</typeparam>
/// <param name="name">Its name.</param>
/// <param name="allowed">The allowed values in words.</param>
internal sealed class DescribedOption<V>(string name, string allowed) : Option<V>(name), IDescribed
{
    public string Allowed => allowed;

    public string? Heading { get; init; }
}

/// <summary>Makes options that refuse a value with the option's name and the allowed values.</summary>
internal static class OptionOf
{
    /// <summary>A number within a range.</summary>
    /// <typeparam name="N">The type of the number.</typeparam>
    public static Option<N?> Number<N>(string name, string description, N least, N most, string unit = "N")
        where N : struct, INumber<N>, IMinMaxValue<N> => Value(name, description, new NumberValues<N>(least, most, unit));

    /// <summary>One of a few words.</summary>
    /// <typeparam name="V">What the words stand for.</typeparam>
    public static Option<V?> Choice<V>(string name, string description, params ReadOnlySpan<(string Word, V Value)> choices)
        where V : struct => Value(name, description, OptionValues.Words(choices));

    /// <summary>A name out of a list.</summary>
    public static Option<string> Name(string name, string description, IEnumerable<string> names) => Text(name, description, OptionValues.Names(names));

    /// <summary>Any text but none.</summary>
    public static Option<string> Text(string name, string description, string unit, string? heading = null) => Text(name, description, new TextValues(unit), heading);

    /// <summary>A flag that is on when it is named.</summary>
    public static Option<bool> Flag(string name, string description) =>
        new DescribedOption<bool>(name, "no value") { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>Whether an option was given, not merely defaulted.</summary>
    public static bool IsGiven(ParseResult parse, Option option) => parse.GetResult(option) is { Implicit: false };

    private static DescribedOption<V?> Value<V>(string name, string description, OptionValues<V> values)
        where V : struct => new(name, values.Allowed)
        {
            Description = description,
            HelpName = values.Placeholder,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (values.TryRead(text, out V value) && values.Allows(value))
                {
                    return value;
                }

                result.AddError(values.Refusal(name, $"'{text}'"));
                return null;
            },
        };

    private static DescribedOption<string> Text(string name, string description, OptionValues<string> values, string? heading = null)
    {
        DescribedOption<string> option = new(name, values.Allowed)
        {
            Description = description,
            HelpName = values.Placeholder,
            Heading = heading,
            Arity = ArgumentArity.ExactlyOne,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { } text }] && !(values.TryRead(text, out string value) && values.Allows(value)))
            {
                result.AddError(values.Refusal(name, $"'{text}'"));
            }
        });
        return option;
    }
}
