using System.CommandLine;
using Msr.Cli.Output;

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
    public static Option<int?> Threads() => OptionOf.Number("--threads", "Threads; 0 for one per core.", 0, int.MaxValue);

    /// <summary>Adds <c>--json</c> and <c>--json-file</c> to a command.</summary>
    /// <returns>Finds out what was asked for.</returns>
    public static Func<ParseResult, ResultOutput> AddOutput(Command command)
    {
        Option<bool> json = OptionOf.Flag("--json", "Print the result as JSON.");
        Option<string> file = OptionOf.Text("--json-file", "Write the result as JSON to FILE too.", "FILE");
        command.Options.Add(json);
        command.Options.Add(file);
        return parse => new ResultOutput(parse.GetValue(json), parse.GetValue(file));
    }
}
