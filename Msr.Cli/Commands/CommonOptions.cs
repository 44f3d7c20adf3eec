using System.CommandLine;
using System.CommandLine.Parsing;
using Msr.Cli.Output;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>Prints the trace of an unexpected failure.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Print the trace of a failure.", Recursive = true, Arity = ArgumentArity.Zero };

    /// <summary>Where named data sets are looked for.</summary>
    public static Option<string> DataFolder() =>
        OptionOf.Text("--data-folder", "Where named data sets are looked for, each in a folder of its name; by default data.", "DIR");

    /// <summary>The backend of a command that only evaluates.</summary>
    public static Option<string> Backend()
    {
        Option<string> option = OptionOf.Name("--backend", "What computes.", Backends.Names);
        option.DefaultValueFactory = static _ => Defaults.Backend;
        return option;
    }

    /// <summary>The number of threads.</summary>
    public static Option<int?> Threads() =>
        OptionOf.Number("--threads", "Threads; 0 for one per core. Results never depend on it.", 0, RunConfiguration.MostThreads);

    /// <summary>Adds <c>--json</c> and <c>--json-file</c> to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="directory">The option for a directory that the command makes, in which the file may lie; null if it makes none.</param>
    /// <returns>Finds out what was asked for.</returns>
    public static Func<ParseResult, ResultOutput> AddOutput(Command command, Option<string>? directory = null)
    {
        Option<bool> json = OptionOf.Flag("--json", "Print the result as JSON.");
        Option<string> file = OptionOf.Text("--json-file", "Write the result as JSON to FILE too.", "FILE");
        command.Validators.Add(result =>
        {
            if (result.GetResult(file) is { Tokens: [{ Value: { Length: > 0 } path }] }
                && ComplaintOf(path, directory is null ? null : result.GetResult(directory)) is { } complaint)
            {
                result.AddError(complaint);
            }
        });
        command.Options.Add(json);
        command.Options.Add(file);
        return parse => new ResultOutput(parse.GetValue(json), parse.GetValue(file));
    }

    /// <summary>Why a file for the result cannot be written, known before the work begins; null if nothing speaks against it.</summary>
    private static string? ComplaintOf(string path, OptionResult? directory)
    {
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            return $"--json-file takes the name of a file; {path} is a directory.";
        }

        string parent = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        bool comes = directory is { Tokens: [{ Value: { Length: > 0 } made }] } && Path.TrimEndingDirectorySeparator(Path.GetFullPath(made)) == parent;
        return comes || Directory.Exists(parent)
            ? null
            : $"--json-file takes the name of a file in a directory that is there; {parent} is none: make it first, or choose another.";
    }
}
