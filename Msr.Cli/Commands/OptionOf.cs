using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Msr.Cli.Commands;

/// <summary>Makes options whose complaints name the option and what it allows.</summary>
internal static class OptionOf
{
    // What options allow in words, where that says more than the placeholder of the help.
    private static readonly ConditionalWeakTable<Option, string> s_allowed = [];

    /// <summary>What an option allows, in words.</summary>
    public static string AllowedBy(Option option) => s_allowed.TryGetValue(option, out string? words) ? words : option.HelpName ?? "no value";

    /// <summary>A number within a range.</summary>
    /// <typeparam name="N">The type of the number.</typeparam>
    public static Option<N?> Number<N>(string name, string description, N least, N most, string unit = "N")
        where N : struct, INumber<N>, IMinMaxValue<N>
    {
        string kind = typeof(N) == typeof(double) ? "a number" : "a whole number";
        string range = most == N.MaxValue ? $"of at least {least}" : $"from {least} to {most}";
        Option<N?> option = new(name)
        {
            Description = description,
            HelpName = unit,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (N.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out N value) && value >= least && value <= most)
                {
                    return value;
                }

                result.AddError($"{name} takes {kind} {range}; got '{text}'.");
                return null;
            },
        };
        s_allowed.Add(option, $"{kind} {range}");
        return option;
    }

    /// <summary>One of a few words.</summary>
    /// <typeparam name="V">What the words stand for.</typeparam>
    public static Option<V?> Choice<V>(string name, string description, params IReadOnlyList<(string Word, V Value)> choices)
        where V : struct
    {
        string words = string.Join(", ", choices.Select(static choice => choice.Word));
        return new Option<V?>(name)
        {
            Description = description,
            HelpName = string.Join('|', choices.Select(static choice => choice.Word)),
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                foreach ((string word, V value) in choices)
                {
                    if (word == text)
                    {
                        return value;
                    }
                }

                result.AddError($"{name} takes one of {words}; got '{text}'.");
                return null;
            },
        };
    }

    /// <summary>A name out of a list.</summary>
    public static Option<string> Name(string name, string description, IEnumerable<string> names)
    {
        string[] all = [.. names];
        Option<string> option = Text(name, description, string.Join('|', all));
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { } text }] && !all.Contains(text, StringComparer.Ordinal))
            {
                result.AddError($"{name} takes one of {string.Join(", ", all)}; got '{text}'.");
            }
        });
        return option;
    }

    /// <summary>Any text but none.</summary>
    public static Option<string> Text(string name, string description, string unit)
    {
        Option<string> option = new(name) { Description = description, HelpName = unit, Arity = ArgumentArity.ExactlyOne };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value.Length: 0 }])
            {
                result.AddError($"{name} takes {unit}; got nothing.");
            }
        });
        return option;
    }

    /// <summary>A flag that is on when it is named.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>Whether an option was given, not merely defaulted.</summary>
    public static bool IsGiven(ParseResult parse, Option option) => parse.GetResult(option) is OptionResult { Implicit: false };
}
