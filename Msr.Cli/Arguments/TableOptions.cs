using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Msr.Core.Training;

namespace Msr.Cli.Arguments;

/// <summary>Options of a command that stand in the option table of the library: their help, refusals and defaults are read there.</summary>
internal sealed class TableOptions
{
    private readonly RunConfiguration _start;
    private readonly ImmutableArray<(RunOption Line, Option Option)> _all;

    private TableOptions(RunConfiguration start, IEnumerable<RunOption> lines)
    {
        _start = start;
        _all = [.. lines.Select(line => (line, Create(line, start)))];
    }

    /// <summary>The heading of a group in the help.</summary>
    /// <param name="group">The group.</param>
    public static string HeadingOf(OptionGroup group) => group == OptionGroup.Run ? "Run and output" : $"{group}";

    /// <summary>Adds all options of the table to a command.</summary>
    /// <param name="command">The command.</param>
    public static TableOptions AddAll(Command command) => Add(command, RunConfiguration.Default, RunOptions.All);

    /// <summary>Adds some options of the table to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="start">What is in force where they are not given.</param>
    /// <param name="names">Their names.</param>
    public static TableOptions Add(Command command, RunConfiguration start, params IEnumerable<string> names) => Add(command, start, names.Select(RunOptions.Named));

    /// <summary>The configuration with what the user gave.</summary>
    /// <exception cref="UsageException">An option has no effect with the others, or contradicts one.</exception>
    public RunConfiguration Read(ParseResult parse)
    {
        RunConfiguration configuration = Given(parse).Aggregate(_start, (before, given) => given.Line.With(before, given.Texts));
        Refuse(RunOptions.All.Select(line => line.Refusal(configuration, NameOf)));
        Refuse(Given(parse).Select(given => given.Line.IdleRefusal(configuration, NameOf)));
        return configuration;

        static string NameOf(RunOption line) => line.Name;
    }

    /// <summary>The configuration of a run that is resumed: its own, but for the options that may change.</summary>
    /// <param name="parse">What the user gave.</param>
    /// <param name="stored">The run's own.</param>
    /// <param name="path">The run's directory.</param>
    /// <exception cref="UsageException">An option contradicts it.</exception>
    public RunConfiguration Change(ParseResult parse, RunConfiguration stored, string path)
    {
        RunConfiguration current = stored;
        foreach ((RunOption line, IReadOnlyList<string> texts) in Given(parse))
        {
            RunConfiguration changed = line.With(current, texts);
            if (!line.MayChange && Json(changed) != Json(current))
            {
                throw new UsageException(
                    $"{line.Name} contradicts the config.json of {path}, which a resumed run continues with; "
                    + $"remove it, or start a new run. Only {Changeable()} may change.");
            }

            current = changed;
        }

        return current.Options.Epochs >= stored.Options.Epochs
            ? current
            : throw new UsageException(
                $"--epochs may only grow when a run is resumed: {path} was asked for {stored.Options.Epochs}; got {current.Options.Epochs}.");
    }

    private static TableOptions Add(Command command, RunConfiguration start, IEnumerable<RunOption> lines)
    {
        TableOptions table = new(start, lines.Select(static line => line.Name == "--backend" ? line.Among(Backends.Names) : line));
        foreach ((_, Option option) in table._all)
        {
            command.Options.Add(option);
        }

        return table;
    }

    private static Option Create(RunOption line, RunConfiguration start)
    {
        string? usual = line.DefaultIn(start);
        string description = string.IsNullOrEmpty(usual) ? line.Help : $"{line.Help} Default: {usual}.";
        if (line.IsFlag)
        {
            return new DescribedOption<bool>(line.Name, line.Allowed) { Description = description, Heading = HeadingOf(line.Group), Arity = ArgumentArity.Zero };
        }

        return line.IsRepeatable ? Create<string[]>(line, description, ArgumentArity.OneOrMore) : Create<string>(line, description, ArgumentArity.ExactlyOne);
    }

    private static DescribedOption<V> Create<V>(RunOption line, string description, ArgumentArity arity)
    {
        DescribedOption<V> option = new(line.Name, line.Allowed)
        {
            Description = description,
            Heading = HeadingOf(line.Group),
            HelpName = line.Placeholder,
            Arity = arity,
            AllowMultipleArgumentsPerToken = false,
        };
        option.Validators.Add(result =>
        {
            if (line.Refusal(TextsOf(result)) is { } refusal)
            {
                result.AddError(refusal);
            }
        });
        return option;
    }

    private IEnumerable<(RunOption Line, IReadOnlyList<string> Texts)> Given(ParseResult parse) =>
        from pair in _all
        let result = parse.GetResult(pair.Option)
        where result is { Implicit: false }
        select (pair.Line, pair.Line.IsFlag ? ["true"] : TextsOf(result));

    private static IReadOnlyList<string> TextsOf(OptionResult result) => [.. result.Tokens.Select(static token => token.Value)];

    private static void Refuse(IEnumerable<string?> refusals)
    {
        if (refusals.FirstOrDefault(static refusal => refusal is not null) is { } first)
        {
            throw new UsageException(first);
        }
    }

    private string Changeable() => string.Join(", ", _all.Where(static pair => pair.Line.MayChange).Select(static pair => pair.Line.Name));

    private static string Json(RunConfiguration configuration) => JsonSerializer.Serialize(configuration, TrainingJson.Default.RunConfiguration);
}
