using System.CommandLine;
using System.CommandLine.Parsing;
using Msr.Cli.Output;
using Msr.Conformance.Faults;
using Msr.Conformance.Verification;
using Msr.Core.Backends;
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

    /// <summary>Adds what says which backend computes, and how, to a command that only evaluates.</summary>
    /// <param name="command">The command.</param>
    /// <param name="threads">The option for the number of threads; null where the command has threads of its own.</param>
    /// <returns>Finds out what was asked for.</returns>
    public static Func<ParseResult, BackendRequest> AddBackend(Command command, Option<int?>? threads)
    {
        Option<string> name = OptionOf.Name("--backend", "What computes.", Backends.Names);
        name.DefaultValueFactory = static _ => Defaults.Backend;
        Option<int?> device = Device();
        Option<bool> synchronize = SynchronizeEveryOp();
        Option<string> folder = CudaFolder();
        command.Options.Add(name);
        if (threads is not null)
        {
            command.Options.Add(threads);
        }

        command.Options.Add(device);
        command.Options.Add(synchronize);
        command.Options.Add(folder);
        return parse => new BackendRequest(parse.GetRequiredValue(name))
        {
            Threads = threads is null ? 0 : parse.GetValue(threads) ?? 0,
            Device = parse.GetValue(device) ?? 0,
            SynchronizeEveryOp = parse.GetValue(synchronize),
            LibraryFolder = parse.GetValue(folder),
        };
    }

    /// <summary>The GPU.</summary>
    public static Option<int?> Device() => OptionOf.Number("--device", "The GPU, counted from 0 as the driver counts.", 0, 1023);

    /// <summary>Whether to wait after every op.</summary>
    public static Option<bool> SynchronizeEveryOp() =>
        OptionOf.Flag("--sync-every-op", "Wait after every op of a GPU, so that a failure names the op that caused it; slow.");

    /// <summary>Where the libraries of CUDA are.</summary>
    public static Option<string> CudaFolder() => OptionOf.Text("--cuda-folder", "Where cuBLAS and cuDNN are looked for first.", "DIR");

    /// <summary>The number of threads.</summary>
    public static Option<int?> Threads() =>
        OptionOf.Number("--threads", "Threads; 0 for one per core. Results never depend on it.", 0, RunConfiguration.MostThreads);

    /// <summary>A known defect to plant in a backend.</summary>
    public static Option<string> Fault() => OptionOf.Text("--fault", "Plant a known defect in the backend, to see which law sees it.", "NAME");

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
