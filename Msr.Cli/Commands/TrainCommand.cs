using System.CommandLine;
using System.Reflection;
using Msr.Cli.Arguments;
using Msr.Cli.Output;
using Msr.Cli.Training;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary><c>msr train</c>: trains a network, or resumes a run.</summary>
internal static class TrainCommand
{
    private const string Description = """
        Train a network and save it.

        With no options: the data set that is part of this program, the default model, the CPU.
        Results go to stdout, progress to stderr, files to runs/NAME. Ctrl-C finishes the step,
        writes a checkpoint and prints the command that resumes the run. With --resume only
        --epochs (more of them: the schedule then spans the new total), --threads, --device,
        --checkpoint-every, --check-every and the folders may change.

        Examples:
          msr train
          msr train --data cifar10 --model resnet20 --epochs 30 --out runs/first
          msr train --resume runs/first
        """;

    private static string Version { get; } =
        typeof(TrainCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("train", Description);
        TableOptions table = TableOptions.AddAll(command);
        string heading = TableOptions.HeadingOf(OptionGroup.Run);
        Option<string> output = OptionOf.Text("--out", "Directory for the files of a new run. Default: runs/NAME.", "DIR", heading);
        Option<string> resume = OptionOf.Text("--resume", "Directory of the run to resume.", "DIR", heading);
        command.Options.Add(output);
        command.Options.Add(resume);
        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command, output);
        command.Validators.Add(result =>
        {
            if (result.GetResult(output) is not null && result.GetResult(resume) is not null)
            {
                result.AddError("--out cannot be given with --resume: a resumed run continues in its own directory.");
            }
        });
        command.SetAction(parse =>
        {
            string? path = parse.GetValue(resume);
            RunConfiguration configuration = path is null
                ? table.Read(parse) with { Version = Version }
                : table.Change(parse, RunDirectory.ReadConfiguration(path), path);
            return Run(new TrainRequest(configuration, Version, path, parse.GetValue(output), outputOf(parse)));
        });
        return command;
    }

    private static int Run(TrainRequest request) => Backends.IsDouble(request.Configuration.Backend)
        ? new TrainSession<double>(request).Run()
        : new TrainSession<float>(request).Run();
}
