using System.CommandLine;
using System.CommandLine.Parsing;
using Msr.Cli.Commands;

namespace Msr.Cli;

/// <summary>The program: parses, runs a command, and turns whatever happens into an exit code and a sentence.</summary>
internal static class CommandLine
{
    /// <summary>Runs the program.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        ParseResult parse = Create().Parse(arguments);
        if (parse.Errors.Count > 0)
        {
            return Refuse(parse);
        }

        try
        {
            // Signals are the train command's business.
            return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error)
        {
            (int code, string message) = Failure.Of(error);
            Console.Error.WriteLine($"error: {message}");
            if (parse.GetValue(CommonOptions.Verbose))
            {
                Console.Error.WriteLine(error);
            }

            return code;
        }
    }

    private static RootCommand Create()
    {
        RootCommand root = new("Msr trains deep convolutional networks without normalisation. Begin with: msr train");
        root.Options.Add(CommonOptions.Verbose);
        root.Subcommands.Add(TrainCommand.Create());
        root.Subcommands.Add(EvalCommand.Create());
        root.Subcommands.Add(PredictCommand.Create());
        root.Subcommands.Add(InspectCommand.Create());
        root.Subcommands.Add(DataCommand.Create());
        root.Subcommands.Add(BackendsCommand.Create());
        root.SetAction(static parse => parse.RootCommandResult.Command.Parse(["--help"]).Invoke());
        return root;
    }

    private static int Refuse(ParseResult parse)
    {
        foreach (ParseError error in parse.Errors.DistinctBy(static e => e.Message, StringComparer.Ordinal))
        {
            Console.Error.WriteLine($"error: {error.Message}");
        }

        string command = parse.CommandResult.Command is RootCommand ? "msr" : $"msr {parse.CommandResult.Command.Name}";
        Console.Error.WriteLine($"Its options are listed by: {command} --help");
        return ExitCode.Usage;
    }
}
