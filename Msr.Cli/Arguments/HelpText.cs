using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;

namespace Msr.Cli.Arguments;

/// <summary>The help of a command: what it does, how it is called, its options by group, and at the end, where a terminal shows it, an example.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const string OtherOptions = "Options";
    private const string Example = "\n\nExample";
    private const int Indent = 2;
    private const int Column = 28;
    private const int WidestLine = 100;
    private const int NarrowestLine = 60;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Puts this help in the place of the usual one.</summary>
    /// <param name="root">The program.</param>
    public static void Install(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        (option.Action, option.Description) = (new HelpText(), "Show this help.");
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Console.Out.Write(Of(parseResult.CommandResult.Command, WidthOfTerminal()));
        return ExitCode.Done;
    }

    /// <summary>The help of a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="width">Columns of a line.</param>
    public static string Of(Command command, int width)
    {
        StringBuilder text = new();
        string description = (command.Description ?? "").ReplaceLineEndings("\n");
        int cut = description.IndexOf(Example, StringComparison.Ordinal);
        foreach (string paragraph in (cut < 0 ? description : description[..cut]).Split("\n\n"))
        {
            Wrap(text, paragraph.Replace('\n', ' '), 0, 0, width);
            text.Append('\n');
        }

        text.Append("Usage:\n");
        Wrap(text, $"  {Usage(command)}", 4, 2, width);
        Section(text, "Commands", command.Subcommands.Where(static sub => !sub.Hidden).Select(static sub => (sub.Name, FirstParagraph(sub))), width);
        Section(text, "Arguments", command.Arguments.Select(static argument => (Bracketed(argument.HelpName ?? argument.Name), argument.Description ?? "")), width);
        Option[] options = [.. command.Options, .. Parents(command).SelectMany(static parent => parent.Options.Where(static option => option.Recursive))];
        foreach (IGrouping<string, Option> group in options.Where(static option => !option.Hidden).GroupBy(HeadingOf, StringComparer.Ordinal).OrderBy(static group => group.Key == OtherOptions))
        {
            Section(text, group.Key, group.Select(static option => (Left(option), option.Description ?? "")), width);
        }

        return text.Append(cut < 0 ? "" : description[(cut + 1)..] + "\n").ToString();
    }

    private static int WidthOfTerminal() => Console.IsOutputRedirected ? 80 : Math.Clamp(Console.WindowWidth, NarrowestLine, WidestLine);

    private static string HeadingOf(Option option) => (option as IDescribed)?.Heading ?? OtherOptions;

    private static string FirstParagraph(Command command) => (command.Description ?? "").ReplaceLineEndings("\n").Split("\n\n")[0].Replace('\n', ' ');

    private static string Left(Option option) =>
        $"{string.Join(", ", option.Aliases.Where(static alias => alias == "-h").Append(option.Name))}"
        + (option.Arity.MaximumNumberOfValues > 0 && option.HelpName is { Length: > 0 } unit ? $" {(option.Arity.MinimumNumberOfValues == 0 ? $"[{unit}]" : Bracketed(unit))}" : "");

    private static string Bracketed(string unit) => $"<{unit}>";

    private static IEnumerable<Command> Parents(Command command) =>
        command.Parents.OfType<Command>().Take(1).SelectMany(static parent => Parents(parent).Prepend(parent));

    private static string Usage(Command command)
    {
        IEnumerable<string> names = Parents(command).Reverse().Append(command).Select(static one => one is RootCommand ? "msr" : one.Name);
        IEnumerable<string> arguments = command.Arguments.Select(static argument =>
            (argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : $"<{argument.Name}>") + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : ""));
        return string.Join(' ', [.. names, .. command.Subcommands.Count > 0 ? ["<command>"] : Array.Empty<string>(), .. arguments, "[options]"]);
    }

    private static void Section(StringBuilder text, string heading, IEnumerable<(string Left, string Right)> rows, int width)
    {
        (string Left, string Right)[] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        text.Append('\n').Append(heading).Append(":\n");
        foreach ((string left, string right) in all)
        {
            // What is too long for its column has lines of its own, broken between the words of a choice.
            if (Indent + left.Length + 2 <= Column)
            {
                Wrap(text, $"{new string(' ', Indent)}{left}".PadRight(Column) + right, Column, Column, width);
            }
            else
            {
                Wrap(text, new string(' ', Indent) + left, Indent + left.IndexOf('<', StringComparison.Ordinal) + 1, Indent, width, '|');
                Wrap(text, new string(' ', Column) + right, Column, Column, width);
            }
        }
    }

    /// <summary>Adds a line, broken where it is too long.</summary>
    private static void Wrap(StringBuilder text, string line, int indent, int from, int width, char between = ' ')
    {
        while (line.Length > width)
        {
            int cut = line.LastIndexOf(between, between == ' ' ? width : width - 1);
            if (cut <= from)
            {
                break;
            }

            cut += between == ' ' ? 0 : 1;
            text.Append(line.AsSpan(0, cut).TrimEnd()).Append('\n');
            line = new string(' ', indent) + line[cut..].TrimStart();
            from = indent;
        }

        text.Append(line.AsSpan().TrimEnd()).Append('\n');
    }
}
