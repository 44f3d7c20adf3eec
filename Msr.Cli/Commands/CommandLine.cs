using System.CommandLine;
using System.CommandLine.Parsing;
using Msr.Cli.Arguments;

namespace Msr.Cli.Commands;

/// <summary>The program: parses, runs a command, and turns whatever happens into an exit code and a sentence.</summary>
internal static class CommandLine
{
    /// <summary>Runs the program.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        ParseResult? parse = null;
        try
        {
            parse = Create().Parse(arguments);
            if (parse.Errors.Count > 0)
            {
                return Refuse(parse);
            }

            // Signals are the train command's business.
            return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error)
        {
            (int code, string message) = Failure.Of(error);
            Console.Error.WriteLine($"error: {message}");
            if (parse is not null && parse.GetValue(CommonOptions.Verbose))
            {
                Console.Error.WriteLine(error);
            }

            return code;
        }
    }

    private static RootCommand Create()
    {
        RootCommand root = new("Msr trains deep convolutional networks without normalisation.\n\nBegin with: msr train");
        root.Options.Add(CommonOptions.Verbose);
        root.Subcommands.Add(TrainCommand.Create());
        root.Subcommands.Add(EvalCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(PredictCommand.Create());
        root.Subcommands.Add(InspectCommand.Create());
        root.Subcommands.Add(DataCommand.Create());
        root.Subcommands.Add(BackendsCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        root.SetAction(static parse => parse.RootCommandResult.Command.Parse(["--help"]).Invoke());
        HelpText.Install(root);
        return root;
    }

    private static int Refuse(ParseResult parse)
    {
        string name = NameOf(parse.CommandResult.Command);
        foreach (string message in parse.Errors.Select(error => Sentence(error, name)).Distinct(StringComparer.Ordinal))
        {
            Console.Error.WriteLine($"error: {message}");
        }

        Console.Error.WriteLine($"Help: {name} --help");
        return ExitCode.Usage;
    }

    /// <summary>
    /// The parser's own message, unless that does not say what is missing, or what the option takes.
    /// </summary>
    private static string Sentence(ParseError error, string name) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0, Argument: { } argument } => $"{name} needs {argument.Name}.",
        CommandResult { Command: { Arguments.Count: > 0 } command } when error.Message.StartsWith("Required argument", StringComparison.Ordinal) =>
            $"{name} needs {string.Join(" and ", command.Arguments.Select(static argument => argument.Name))}.",
        OptionResult { Option: { } option and IDescribed described } result when !error.Message.StartsWith(option.Name, StringComparison.Ordinal) =>
            result.Tokens.Count == 0
                ? $"{option.Name} takes {described.Allowed}; got nothing."
                : $"{option.Name} may be given only once; it takes {described.Allowed}.",
        _ => error.Message,
    };

    private static string NameOf(Command command) =>
        command is RootCommand ? "msr" : $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}";
}
