using System.CommandLine;
using System.CommandLine.Parsing;
using Msr.Cli.Output;
using Msr.Conformance.Faults;
using Msr.Conformance.Verification;
using Msr.Core.Backends;
using Msr.Core.Training;

namespace Msr.Cli.Arguments;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>Prints the trace of an unexpected failure.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Print the stack trace of an error.", Recursive = true, Arity = ArgumentArity.Zero };

    /// <summary>Adds the options that say which backend to run on, and how.</summary>
    /// <param name="command">The command.</param>
    /// <param name="hasThreads">Whether <c>--threads</c> is one of them; a command may have threads of its own.</param>
    /// <returns>Reads them.</returns>
    public static Func<ParseResult, BackendRequest> AddBackend(Command command, bool hasThreads = true)
    {
        string[] names = ["--backend", .. hasThreads ? ["--threads"] : Array.Empty<string>(), "--device", "--sync-every-op", "--cuda-folder"];
        TableOptions options = TableOptions.Add(command, RunConfiguration.Default, names);
        return parse => Backends.RequestOf(options.Read(parse));
    }

    /// <summary>A known defect to plant in a backend.</summary>
    public static Option<string> Fault() => OptionOf.Text("--fault", "Plant a known defect in the backend, to see which law detects it.", "NAME");

    /// <summary>The defect of a name.</summary>
    /// <param name="name">Its name; null for none.</param>
    /// <exception cref="UsageException">There is no such defect.</exception>
    public static Fault? FaultOf(string? name) => name is null ? null : FaultCatalog.Find(name)
        ?? throw new UsageException($"--fault takes one of {string.Join(", ", FaultCatalog.All.Select(static fault => fault.Name))}; got '{name}'.");

    /// <summary>Adds <c>--json</c> and <c>--json-file</c> to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="directory">The option for a directory that the command makes, in which the file may lie; null if it makes none.</param>
    /// <returns>Finds out what was asked for.</returns>
    public static Func<ParseResult, ResultOutput> AddOutput(Command command, Option<string>? directory = null)
    {
        Option<bool> json = OptionOf.Flag("--json", "Print the result as JSON.");
        Option<string> file = OptionOf.Text("--json-file", "Also write the result as JSON to FILE.", "FILE");
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
